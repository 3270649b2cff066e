import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.sign_off_rules import Requirement, is_satisfiable, is_weaker, requirements_check
from updates.errors import InvalidValueError

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


ANSEL, ALBA = {"approver"}, {"approver", "auditor"}
GRANTED: set[str] = set()  # by a grant alone


@pytest.mark.parametrize(
    ("requirements", "people", "satisfiable"),
    [
        pytest.param([], [], True, id="nothing is asked for"),
        pytest.param([ONE], [], False, id="nobody could"),
        pytest.param([ONE], [GRANTED], True, id="anyone may by a grant"),
        pytest.param([APPROVER], [GRANTED], False, id="but not in a role's place"),
        pytest.param([ONE, APPROVER], [ANSEL], False, id="one person counts once"),
        pytest.param([ONE, APPROVER], [ANSEL, GRANTED], True, id="two people"),
        pytest.param([APPROVER, Requirement("auditor", 1)], [ALBA], False, id="one person of two roles"),
        pytest.param([APPROVER, Requirement("auditor", 1)], [ALBA, ANSEL], True, id="who has both, for one"),
        pytest.param([Requirement("approver", 2)], [ALBA, GRANTED], False, id="two of a role"),
        pytest.param([Requirement("approver", 2)], [ALBA, ANSEL], True, id="two of a role exist"),
    ],
)
def test_no_more_is_asked_for_than_people_could_give(
    *, requirements: list[Requirement], people: list[set[str]], satisfiable: bool
) -> None:
    assert is_satisfiable(requirements, people) is satisfiable


ROLES = ["approver", "auditor", "administrator"]


@given(
    wanted=st.dictionaries(st.sampled_from(["", *ROLES]), st.integers(1, 3), max_size=4),
    people=st.lists(st.frozensets(st.sampled_from(ROLES)), max_size=5),
)
def test_it_agrees_with_trying_every_way_to_place_people(
    wanted: dict[str, int], people: list[frozenset[str]]
) -> None:
    slots = [role for role, count in wanted.items() for _ in range(count)]

    def placed(left: list[str], free: list[frozenset[str]]) -> bool:
        if not left:
            return True
        return any(
            placed(left[1:], free[:index] + free[index + 1 :])
            for index, own in enumerate(free)
            if not left[0] or left[0] in own
        )

    requirements = [Requirement(role, count) for role, count in wanted.items()]
    assert is_satisfiable(requirements, people) is (len(slots) <= len(people) and placed(slots, people))


@pytest.mark.parametrize(
    ("requirements", "says"),
    [
        pytest.param([Requirement("external_auditor", 1)], "own roles", id="an outsider"),
        pytest.param([Requirement("nobody", 1)], "own roles", id="no role"),
        pytest.param([APPROVER, Requirement("approver", 2)], "named once", id="twice"),
        pytest.param([Requirement("", 0)], "1 to 20", id="none"),
        pytest.param([Requirement("", 21)], "1 to 20", id="too many"),
    ],
)
def test_what_cannot_be_required_is_refused(requirements: list[Requirement], says: str) -> None:
    with pytest.raises(InvalidValueError, match=says):
        requirements_check(requirements)


def test_requirements_come_in_order_and_in_words() -> None:
    assert requirements_check([APPROVER, TWO]) == (TWO, APPROVER)
    assert [each.words for each in (TWO, APPROVER)] == ["2 by anyone who may sign off", "1 by approver"]
