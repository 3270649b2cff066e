"""The periods that a compliance officer asks for, from days in a zone."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from compliance.desk.domain.export_filter import Period


class Preset(StrEnum):
    """Periods with a name; each is whole days."""

    WEEK = "7_days"
    MONTH = "this_month"
    LAST_MONTH = "last_month"
    QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    YEAR = "this_year"
    LAST_YEAR = "last_year"
    EVERYTHING = "everything"
    DAYS = "days"


PRESET_WORDS: Final = {
    Preset.WEEK: "The last 7 days",
    Preset.MONTH: "This month",
    Preset.LAST_MONTH: "Last month",
    Preset.QUARTER: "This quarter",
    Preset.LAST_QUARTER: "Last quarter",
    Preset.YEAR: "This year",
    Preset.LAST_YEAR: "Last year",
    Preset.EVERYTHING: "The whole log",
    Preset.DAYS: "From and to these days",
}

# First day, and the day after the last.
_Days = tuple[date | None, date | None]


def period_of(preset: Preset, *, today: date, zone: str, first: date | None, last: date | None) -> Period:
    """Turn a choice into times: days begin at midnight in the zone, however long they are.

    Args:
        preset: What was chosen.
        today: The date in the zone.
        zone: Name of the time zone.
        first: First day, for `DAYS`; None: from the beginning.
        last: Last day, which is still in it, for `DAYS`; None: up to now.
    """
    if preset is Preset.DAYS:
        days: _Days = (first, None if last is None else last + timedelta(days=1))
    else:
        days = _DAYS[preset](today)
    return Period(_midnight(days[0], zone), _midnight(days[1], zone), zone)


def _midnight(day: date | None, zone: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(zone))


def _month(today: date, back: int = 0, length: int = 1) -> _Days:
    """`length` months, the first of which is `back` months before this one."""
    begin = today.year * 12 + today.month - 1 - back
    first, after = (date(each // 12, each % 12 + 1, 1) for each in (begin, begin + length))
    return first, after


def _quarter(today: date, back: int = 0) -> _Days:
    return _month(today, (today.month - 1) % 3 + 3 * back, 3)


def _year(today: date, back: int = 0) -> _Days:
    return date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1)


_DAYS: Final[dict[Preset, Callable[[date], _Days]]] = {
    Preset.WEEK: lambda today: (today - timedelta(days=6), today + timedelta(days=1)),
    Preset.MONTH: _month,
    Preset.LAST_MONTH: lambda today: _month(today, 1),
    Preset.QUARTER: _quarter,
    Preset.LAST_QUARTER: lambda today: _quarter(today, 1),
    Preset.YEAR: _year,
    Preset.LAST_YEAR: lambda today: _year(today, 1),
    Preset.EVERYTHING: lambda _: (None, None),
}
