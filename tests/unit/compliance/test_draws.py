"""Which rows are the same ones: the count of draws doesn't begin anew with a day more or a filter less."""

from datetime import date

import pytest

from compliance.desk.domain.draws import Span, filters_meet

Q1 = Span(date(2026, 1, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        pytest.param(Q1, True, id="the same"),
        pytest.param(Span(date(2026, 1, 2), date(2026, 4, 2)), True, id="a day later"),
        pytest.param(Span(date(2026, 2, 1), date(2026, 2, 2)), True, id="within"),
        pytest.param(Span(None, None), True, id="everything"),
        pytest.param(Span(date(2026, 3, 31), None), True, id="its last day and on"),
        pytest.param(Span(date(2026, 4, 1), None), False, id="from its end on"),
        pytest.param(Span(None, date(2026, 1, 1)), False, id="up to its beginning"),
    ],
)
def test_periods_meet_where_they_hold_a_moment_of_both(
    other: Span[date],
    meets: bool,  # noqa: FBT001 (a table)
) -> None:
    assert Q1.meets(other) is other.meets(Q1) is meets


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        ({}, {}, True),
        ({"app": "a"}, {"app": "a"}, True),
        ({"app": "a"}, {}, True),
        ({"app": "a"}, {"person": "5"}, True),
        ({"app": "a"}, {"app": "b"}, False),
        ({"app": "a", "person": "5"}, {"app": "a", "person": "6"}, False),
    ],
)
def test_filters_meet_unless_they_ask_for_different_values(
    one: dict[str, str],
    other: dict[str, str],
    meets: bool,  # noqa: FBT001 (a table)
) -> None:
    assert filters_meet(one, other) is filters_meet(other, one) is meets
