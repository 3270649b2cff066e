"""Freezes: times in which nothing goes live on a channel, once or every week.

A weekly freeze keeps its hour on the wall in its zone. Where the clocks change, an hour that is there twice
or not at all is read so that the freeze covers more, never less.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from updates.errors import InvalidValueError

WEEK: Final = timedelta(days=7)
# A weekly freeze leaves a part of each week open; several of them together may not, and then there's no end
# to be named. Nobody plans further than this.
HORIZON: Final = timedelta(days=366)
LONGEST: Final = timedelta(days=366)
# Nobody knows what is in five years; what began a year ago may still repeat.
AHEAD: Final = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Freeze:
    """One freeze as it was made.

    Attributes:
        starts_at: Its first beginning.
        ends_at: Its first end; that moment isn't frozen any more.
        repeats_weekly: Whether it comes again every week, for good.
        zone: IANA name of the zone on whose clocks it keeps its hour.
        reason: Why, for who meets it.
    """

    starts_at: datetime
    ends_at: datetime
    repeats_weekly: bool = False
    zone: str = "UTC"
    reason: str = ""

    @property
    def weekly_words(self) -> str:
        """Say when it comes, on the clocks of its zone; empty: it comes once."""
        if not self.repeats_weekly:
            return ""
        begin, over = (moment.astimezone(ZoneInfo(self.zone)) for moment in (self.starts_at, self.ends_at))
        return f"Every week, {begin:%A %H:%M} to {over:%A %H:%M} ({self.zone.replace('_', ' ')})"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a freeze comes."""

    starts_at: datetime
    ends_at: datetime
    freeze: Freeze


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of a calendar.

    Attributes:
        day: Which.
        reasons: Of the freezes that touch it; none: it's open.
        is_whole: Whether no moment of it is open.
    """

    day: date
    reasons: tuple[str, ...]
    is_whole: bool


def freeze_check(freeze: Freeze, *, now: datetime) -> None:
    """Refuse what is no freeze.

    Raises:
        InvalidValueError: It has no length or too much of it, is over or far away, is in no zone or without
            a reason.
    """
    length = freeze.ends_at - freeze.starts_at
    if length <= timedelta(0):
        raise InvalidValueError("A freeze ends after it begins.")
    if freeze.repeats_weekly and length >= WEEK:
        raise InvalidValueError("A weekly freeze leaves a part of the week open.")
    if length > LONGEST:
        raise InvalidValueError("A freeze lasts a year at most. To stop a channel for good, pause it.")
    if not now - LONGEST <= freeze.starts_at <= now + AHEAD:
        raise InvalidValueError("A freeze begins within five years, and no longer ago than one.")
    if not freeze.repeats_weekly and freeze.ends_at <= now:
        raise InvalidValueError("That time is over.")
    if freeze.zone not in available_timezones():
        raise InvalidValueError("There is no such time zone.")
    if not freeze.reason.strip():
        raise InvalidValueError("Say why, for who meets it.")


def frozen_until(freezes: Iterable[Freeze], now: datetime) -> datetime | None:
    """Say when what is frozen now opens again; None: it's open.

    One freeze may begin where another ends: the answer is the end of all of them, or `HORIZON` from now where
    they leave nothing open.
    """
    known, until = tuple(freezes), now
    while (end := _covered_until(known, until)) is not None:
        until = end
        if until - now >= HORIZON:
            break
    return until if until > now else None


def freeze_at(freezes: Iterable[Freeze], now: datetime) -> Freeze | None:
    """Find the freeze that is in force; of several the one that ends last."""
    found = list(freezes_between(freezes, now, now + timedelta.resolution))
    return max(found, key=lambda each: each.ends_at).freeze if found else None


def freezes_between(freezes: Iterable[Freeze], start: datetime, end: datetime) -> list[Occurrence]:
    """List what lies in a span of time, if only in part, in the order in which it begins."""
    found = [
        Occurrence(begin, over, freeze) for freeze in freezes for begin, over in _times(freeze, start, end)
    ]
    return sorted(found, key=lambda each: (each.starts_at, each.ends_at))


def calendar_days(freezes: Iterable[Freeze], *, first: date, count: int, zone: tzinfo) -> list[CalendarDay]:
    """Say of each of some days, in a zone, how much of it is frozen."""
    known, days = tuple(freezes), []
    for number in range(count):
        day = first + timedelta(days=number)
        begin, over = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
        found = freezes_between(known, begin, over)
        until = frozen_until(known, begin)
        reasons = tuple(dict.fromkeys(each.freeze.reason for each in found))
        days.append(CalendarDay(day, reasons, until is not None and until >= over))
    return days


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _covered_until(freezes: Iterable[Freeze], moment: datetime) -> datetime | None:
    found = freezes_between(freezes, moment, moment + timedelta.resolution)
    return max((each.ends_at for each in found), default=None)


def _times(freeze: Freeze, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield when a freeze comes within a span."""
    if not freeze.repeats_weekly:
        if freeze.starts_at < end and start < freeze.ends_at:
            yield freeze.starts_at, freeze.ends_at
        return
    zone = ZoneInfo(freeze.zone)
    # On the wall, without an offset: there a week is seven days, whatever the clocks do in it.
    first = freeze.starts_at.astimezone(zone).replace(tzinfo=None)
    last = freeze.ends_at.astimezone(zone).replace(tzinfo=None)
    # One week before the span, since a freeze that began there may reach into it.
    week = max(0, (start - freeze.starts_at) // WEEK - 1)
    while True:
        begin = max(freeze.starts_at, min(_instants(first + week * WEEK, zone)))
        over = max(_instants(last + week * WEEK, zone))
        if begin >= end:
            return
        if start < over:
            yield begin, over
        week += 1


def _instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both readings of a time on the wall; they differ only where the clocks change."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return early, wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
