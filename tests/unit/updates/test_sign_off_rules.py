import pytest

from updates.domain.sign_off_rules import Requirement, is_weaker

ONE, TWO, APPROVER = Requirement("", 1), Requirement("", 2), Requirement("approver", 1)


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        pytest.param([], [ONE], False, id="the first requirement"),
        pytest.param([ONE], [TWO], False, id="one more"),
        pytest.param([ONE], [ONE, APPROVER], False, id="another role as well"),
        pytest.param([ONE], [ONE], False, id="nothing changes"),
        pytest.param([TWO], [ONE], True, id="one less"),
        pytest.param([ONE], [], True, id="none any more"),
        pytest.param([APPROVER], [TWO], True, id="more people, but not of that role"),
        pytest.param([TWO], [ONE, APPROVER], True, id="as many, but fewer of anyone"),
    ],
)
def test_what_asks_for_less_in_any_respect_is_weaker(
    *, before: list[Requirement], after: list[Requirement], weaker: bool
) -> None:
    assert is_weaker(before, after) is weaker
