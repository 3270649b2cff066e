from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.freezes import (
    HORIZON,
    WEEK,
    Freeze,
    calendar_days,
    freeze_at,
    freezes_between,
    frozen_until,
)

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo | None = None) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone or UTC)


CHRISTMAS = Freeze(at("2026-12-23T12:00"), at("2027-01-02T08:00"), reason="Christmas")
# Friday evening to Monday morning, as clocks in Berlin show it.
WEEKENDS = Freeze(
    at("2026-03-20T18:00", BERLIN).astimezone(UTC),
    at("2026-03-23T09:00", BERLIN).astimezone(UTC),
    repeats_weekly=True,
    zone="Europe/Berlin",
    reason="Nobody is there",
)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        pytest.param("2026-12-23T11:59:59", None, id="just before it begins"),
        pytest.param("2026-12-23T12:00", "2027-01-02T08:00", id="the moment it begins"),
        pytest.param("2027-01-02T07:59:59", "2027-01-02T08:00", id="just before it ends"),
        pytest.param("2027-01-02T08:00", None, id="the moment it ends"),
    ],
)
def test_a_freeze_holds_from_its_beginning_to_just_before_its_end(now: str, until: str | None) -> None:
    assert frozen_until([CHRISTMAS], at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        pytest.param("2026-03-14T12:00", None, id="the week before it was made for"),
        pytest.param("2026-03-21T12:00", "2026-03-23T08:00", id="the first week, in winter time"),
        pytest.param("2026-03-27T17:00", "2026-03-30T07:00", id="the clocks go forward in it"),
        pytest.param("2026-03-27T16:59", None, id="just before 18:00 on the wall"),
        pytest.param("2026-04-03T16:00", "2026-04-06T07:00", id="in summer time an hour earlier in UTC"),
        pytest.param("2026-10-23T16:00", "2026-10-26T08:00", id="the clocks go back in it"),
        pytest.param("2031-01-05T12:00", "2031-01-06T08:00", id="years later"),
        pytest.param("2031-01-08T12:00", None, id="on a Wednesday years later"),
    ],
)
def test_a_weekly_freeze_keeps_its_hour_on_the_wall(now: str, until: str | None) -> None:
    assert frozen_until([WEEKENDS], at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("starts", "ends", "begins", "over"),
    [
        # 2026-10-25: 02:30 comes twice; 2026-03-29: it doesn't come at all.
        pytest.param("01:00", "02:30", "2026-10-24T23:00", "2026-10-25T01:30", id="ends in the hour twice"),
        pytest.param("02:30", "04:00", "2026-10-25T00:30", "2026-10-25T03:00", id="begins in it"),
        pytest.param("01:00", "02:30", "2026-03-29T00:00", "2026-03-29T01:30", id="ends in no hour"),
        pytest.param("02:30", "04:00", "2026-03-29T00:30", "2026-03-29T02:00", id="begins in no hour"),
    ],
)
def test_where_the_clocks_change_a_freeze_covers_more(starts: str, ends: str, begins: str, over: str) -> None:
    freeze = Freeze(
        at(f"2026-03-01T{starts}", BERLIN).astimezone(UTC),
        at(f"2026-03-01T{ends}", BERLIN).astimezone(UTC),
        repeats_weekly=True,
        zone="Europe/Berlin",
    )
    day = at(begins).replace(hour=12)
    (found,) = freezes_between([freeze], day - timedelta(days=1), day + timedelta(days=1))
    assert (found.starts_at, found.ends_at) == (at(begins), at(over))


def test_freezes_that_follow_each_other_open_with_the_last() -> None:
    inventory = Freeze(at("2027-01-02T08:00"), at("2027-01-04T08:00"))
    overlapping = Freeze(at("2027-01-01T00:00"), at("2027-01-03T00:00"))
    assert frozen_until([overlapping, inventory, CHRISTMAS], at("2026-12-24T00:00")) == inventory.ends_at


def test_of_two_freezes_the_one_that_ends_last_is_named() -> None:
    short = Freeze(at("2026-12-24T00:00"), at("2026-12-25T00:00"), reason="short")
    assert freeze_at([short, CHRISTMAS], at("2026-12-24T12:00")) == CHRISTMAS
    assert freeze_at([short], at("2026-12-26T12:00")) is None


def test_weekly_freezes_without_a_gap_open_no_sooner_than_the_horizon() -> None:
    first, third = at("2026-06-01T00:00"), at("2026-06-04T00:00")
    half = Freeze(first, third, repeats_weekly=True)
    other = Freeze(third, first + WEEK, repeats_weekly=True)
    until = frozen_until([half, other], first)
    assert until is not None
    assert until >= first + HORIZON


def test_a_calendar_lists_what_reaches_into_it_in_order() -> None:
    found = freezes_between([CHRISTMAS, WEEKENDS], at("2026-12-21T00:00"), at("2027-01-04T00:00"))
    assert [each.freeze.reason for each in found] == [
        "Nobody is there",  # ends on the Monday on which the span begins
        "Christmas",
        "Nobody is there",
        "Nobody is there",
    ]


MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 (hypothesis wants it without)
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
FREEZES = st.builds(
    lambda start, hours, weekly, zone: Freeze(start, start + timedelta(hours=hours), weekly, zone),
    MOMENTS,
    st.integers(1, 167),
    st.booleans(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)


@given(freezes=st.lists(FREEZES, max_size=3), now=MOMENTS)
def test_frozen_until_agrees_with_the_calendar_and_names_an_open_moment(
    freezes: list[Freeze], now: datetime
) -> None:
    until = frozen_until(freezes, now)
    assert (until is not None) == bool(freezes_between(freezes, now, now + timedelta.resolution))
    assert (until is not None) == (freeze_at(freezes, now) is not None)
    if until is not None and until - now < HORIZON:
        assert frozen_until(freezes, until) is None
        assert frozen_until(freezes, until - timedelta.resolution) == until


@given(freeze=FREEZES, weeks=st.integers(1, 200))
def test_a_weekly_freeze_never_gets_shorter_than_it_was_made(freeze: Freeze, weeks: int) -> None:
    around = freeze.starts_at + weeks * WEEK
    found = freezes_between([freeze], around - timedelta(hours=3), around + timedelta(hours=3))
    length = freeze.ends_at - freeze.starts_at
    if freeze.repeats_weekly:
        # Two hours: the clocks change once in it, and once between its making and now.
        assert all(each.ends_at - each.starts_at >= length - timedelta(hours=2) for each in found)
        assert found


def test_a_calendar_tells_days_that_are_frozen_in_part_from_whole_ones() -> None:
    days = calendar_days([WEEKENDS], first=at("2026-03-27T00:00").date(), count=5, zone=BERLIN)
    assert [(each.day.day, bool(each.reasons), each.is_whole) for each in days] == [
        (27, True, False),  # Friday
        (28, True, True),
        (29, True, True),  # the clocks go forward: a day of 23 hours
        (30, True, False),
        (31, False, False),
    ]


def test_two_freezes_that_meet_fill_a_day_together() -> None:
    morning = Freeze(at("2026-06-01T00:00"), at("2026-06-01T12:00"), reason="morning")
    evening = Freeze(at("2026-06-01T12:00"), at("2026-06-02T00:00"), reason="evening")
    (day,) = calendar_days([morning, evening], first=at("2026-06-01T00:00").date(), count=1, zone=UTC)
    assert (day.reasons, day.is_whole) == (("morning", "evening"), True)


def test_of_two_weeks_that_nearly_touch_the_clocks_do_not_lose_one() -> None:
    """Made in summer time; in winter the week before is still in force when seven days are over in UTC."""
    nearly = Freeze(
        at("2026-06-01T00:00", BERLIN).astimezone(UTC),
        at("2026-06-07T23:30", BERLIN).astimezone(UTC),
        repeats_weekly=True,
        zone="Europe/Berlin",
    )
    assert frozen_until([nearly], at("2026-11-01T22:15")) == at("2026-11-01T22:30")
    assert frozen_until([nearly], at("2026-11-01T22:30")) is None
