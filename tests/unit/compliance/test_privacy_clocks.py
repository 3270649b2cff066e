"""The clock table: weekends, leap days, changes of clocks, year ends, and the days around 45 and 90."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.desk.domain.clocks import (
    BusinessCalendar,
    Urgency,
    deadlines_of,
    extended_due,
    kept_until,
    urgency,
)
from compliance.desk.errors import ExtensionLateError

UTC_DAYS = BusinessCalendar(ZoneInfo("UTC"))
LOS_ANGELES = BusinessCalendar(ZoneInfo("America/Los_Angeles"))
HOLIDAYS = BusinessCalendar(ZoneInfo("UTC"), frozenset({date(2026, 12, 25), date(2027, 1, 1)}))
RECEIVED = date(2026, 3, 2)


def day(text: str) -> date:
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "ack_due", "due", "extended"),
    [
        pytest.param("2026-11-30", "2026-12-14", "2027-01-14", "2027-02-28", id="Monday"),
        pytest.param("2026-11-27", "2026-12-11", "2027-01-11", "2027-02-25", id="Friday"),
        pytest.param("2026-11-28", "2026-12-11", "2027-01-12", "2027-02-26", id="Saturday"),
        pytest.param("2026-11-29", "2026-12-11", "2027-01-13", "2027-02-27", id="Sunday"),
        pytest.param("2026-12-24", "2027-01-07", "2027-02-07", "2027-03-24", id="over the end of a year"),
        pytest.param("2028-02-15", "2028-02-29", "2028-03-31", "2028-05-15", id="over a leap day"),
        pytest.param("2027-02-15", "2027-03-01", "2027-04-01", "2027-05-16", id="the same without one"),
        pytest.param("2028-02-29", "2028-03-14", "2028-04-14", "2028-05-29", id="on a leap day"),
        pytest.param("2026-10-31", "2026-11-13", "2026-12-15", "2027-01-29", id="over a change of clocks"),
    ],
)
def test_deadlines_are_days_from_the_day_of_receipt(
    received: str, ack_due: str, due: str, extended: str
) -> None:
    found = deadlines_of(day(received), is_opt_out=False, calendar=UTC_DAYS)
    assert (found.ack_due, found.due) == (day(ack_due), day(due))
    assert extended_due(day(received), extended_on=day(received)) == day(extended)


def test_holidays_move_the_acknowledgement_and_never_the_answer() -> None:
    found = deadlines_of(day("2026-12-24"), is_opt_out=False, calendar=HOLIDAYS)
    assert (found.ack_due, found.due) == (day("2027-01-11"), day("2027-02-07"))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        pytest.param("2026-11-30", "2026-12-21", id="Monday"),
        pytest.param("2026-11-28", "2026-12-18", id="Saturday"),
        pytest.param("2026-11-29", "2026-12-18", id="Sunday"),
    ],
)
def test_an_opt_out_is_done_in_15_business_days_and_needs_no_acknowledgement(received: str, due: str) -> None:
    found = deadlines_of(day(received), is_opt_out=True, calendar=UTC_DAYS)
    assert (found.ack_due, found.due) == (None, day(due))


@pytest.mark.parametrize(
    ("at", "falls_on"),
    [
        pytest.param("2026-10-31T06:59:59", "2026-10-30", id="the last second of a day there"),
        pytest.param("2026-10-31T07:00:00", "2026-10-31", id="the first of the next"),
        pytest.param("2026-11-02T07:59:59", "2026-11-01", id="a day of 25 hours"),
        pytest.param("2026-03-09T06:59:59", "2026-03-08", id="a day of 23 hours"),
        pytest.param("2026-12-16T07:59:59", "2026-12-15", id="the last second of day 45, in winter time"),
        pytest.param("2026-12-16T08:00:00", "2026-12-16", id="the first of day 46"),
    ],
)
def test_a_day_ends_at_the_operators_midnight(at: str, falls_on: str) -> None:
    assert LOS_ANGELES.day_of(moment(at)) == day(falls_on)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(0, Urgency.ON_TIME, id="day 0"),
        pytest.param(34, Urgency.ON_TIME, id="day 34"),
        pytest.param(35, Urgency.AT_RISK, id="day 35"),
        pytest.param(44, Urgency.AT_RISK, id="day 44, which may be counted as the last"),
        pytest.param(45, Urgency.AT_RISK, id="day 45, the last"),
        pytest.param(46, Urgency.OVERDUE, id="day 46"),
    ],
)
def test_urgency_around_day_45(days: int, expected: Urgency) -> None:
    due = deadlines_of(RECEIVED, is_opt_out=False, calendar=UTC_DAYS).due
    assert urgency(due, today=RECEIVED + timedelta(days=days), is_short=False) is expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(46, Urgency.ON_TIME, id="day 46"),
        pytest.param(89, Urgency.AT_RISK, id="day 89"),
        pytest.param(90, Urgency.AT_RISK, id="day 90, the last"),
        pytest.param(91, Urgency.OVERDUE, id="day 91"),
    ],
)
def test_urgency_around_day_90_once_extended(days: int, expected: Urgency) -> None:
    due = extended_due(RECEIVED, extended_on=RECEIVED)
    assert urgency(due, today=RECEIVED + timedelta(days=days), is_short=False) is expected


def test_deadlines_in_business_days_warn_three_days_before() -> None:
    assert urgency(RECEIVED, today=RECEIVED - timedelta(days=4), is_short=True) is Urgency.ON_TIME
    assert urgency(RECEIVED, today=RECEIVED - timedelta(days=3), is_short=True) is Urgency.AT_RISK


@pytest.mark.parametrize("days", [0, 44, 45])
def test_notice_of_an_extension_is_in_time_through_day_45(days: int) -> None:
    noticed = RECEIVED + timedelta(days=days)
    assert extended_due(RECEIVED, extended_on=noticed) == RECEIVED + timedelta(days=90)


@pytest.mark.parametrize("days", [46, 89, 90, 91])
def test_late_notice_of_an_extension_is_refused(days: int) -> None:
    with pytest.raises(ExtensionLateError):
        extended_due(RECEIVED, extended_on=RECEIVED + timedelta(days=days))


@pytest.mark.parametrize(
    ("closed", "until"),
    [
        pytest.param("2026-11-30", "2028-11-30", id="any day"),
        pytest.param("2028-02-29", "2030-02-28", id="a leap day"),
        pytest.param("2026-02-28", "2028-02-28", id="into a leap year"),
        pytest.param("2026-12-31", "2028-12-31", id="the end of a year"),
    ],
)
def test_a_record_is_kept_for_24_months(closed: str, until: str) -> None:
    assert kept_until(day(closed)) == day(until)


@given(received=st.dates(date(2020, 1, 1), date(2099, 1, 1)), is_opt_out=st.booleans())
def test_no_deadline_falls_outside_the_bounds_that_the_database_holds(
    received: date, *, is_opt_out: bool
) -> None:
    """The constraints of `models.request_constraints` say the same numbers."""
    found = deadlines_of(received, is_opt_out=is_opt_out, calendar=UTC_DAYS)
    assert 19 <= (found.due - received).days <= 45
    if found.ack_due is not None:
        assert 12 <= (found.ack_due - received).days <= 45
        assert found.ack_due.weekday() < 5


@given(closed=st.dates(date(2020, 1, 1), date(2099, 1, 1)))
def test_24_months_are_730_days_at_least(closed: date) -> None:
    assert (kept_until(closed) - closed).days in {730, 731}
