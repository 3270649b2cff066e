import pytest

from updates.domain.attributes import (
    MAX_ATTRIBUTES,
    MAX_VALUES,
    Attribute,
    are_fewer,
    attributes_check,
    attributes_read,
    attributes_write,
)
from updates.errors import InvalidValueError

TIER, REGION = Attribute("tier", ("free", "paid")), Attribute("region", ("eu", "us"))


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        pytest.param([Attribute("Tier", ("a",))], "can't be an attribute", id="a capital"),
        pytest.param([Attribute("", ("a",))], "can't be an attribute", id="no name"),
        pytest.param([Attribute("a" * 33, ("a",))], "can't be an attribute", id="a long name"),
        pytest.param([Attribute("user_id", ("a",))], "named a person", id="an id"),
        pytest.param([Attribute("e_mail", ("a",))], "named a person", id="an address"),
        pytest.param([Attribute("tier", ())], "List 1 to 50", id="no values"),
        pytest.param(
            [Attribute("tier", tuple(map(str, range(MAX_VALUES + 1))))], "List 1 to 50", id="many values"
        ),
        pytest.param([Attribute("tier", ("a", "a"))], "listed once", id="a value twice"),
        pytest.param([Attribute("tier", ("a\n",))], "in one line", id="two lines"),
        pytest.param([Attribute("tier", ("",))], "in one line", id="an empty value"),
        pytest.param([Attribute("tier", ("a" * 65,))], "in one line", id="a long value"),
        pytest.param([TIER, TIER], "named once", id="a name twice"),
        pytest.param(
            [Attribute(f"a{number}", ("x",)) for number in range(MAX_ATTRIBUTES + 1)],
            "20 attributes",
            id="many",
        ),
    ],
)
def test_what_no_app_may_keep_is_refused(attributes: list[Attribute], says: str) -> None:
    with pytest.raises(InvalidValueError, match=says):
        attributes_check(attributes)


def test_attributes_are_kept_by_name_and_come_back_as_they_were() -> None:
    assert attributes_check([TIER, REGION]) == (REGION, TIER)
    assert attributes_read(attributes_write([REGION, TIER])) == (REGION, TIER)


@pytest.mark.parametrize(
    ("after", "fewer"),
    [
        pytest.param([TIER, REGION], False, id="more"),
        pytest.param([Attribute("tier", ("paid", "free", "trial"))], False, id="more values"),
        pytest.param([Attribute("tier", ("free",))], True, id="a value less"),
        pytest.param([REGION], True, id="a name less"),
    ],
)
def test_what_is_not_kept_any_more_is_noticed(*, after: list[Attribute], fewer: bool) -> None:
    assert are_fewer([TIER], after) is fewer
