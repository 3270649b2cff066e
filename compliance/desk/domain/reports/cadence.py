"""How often a report is made by itself, and what each making looks at: the whole days before it."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.export_periods import Preset, period_of


class Cadence(StrEnum):
    """How often."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


CADENCE_WORDS: Final = {
    Cadence.WEEKLY: "every week, on Monday",
    Cadence.MONTHLY: "every month, on its first day",
    Cadence.QUARTERLY: "every quarter, on its first day",
}
_MONTHS: Final = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3}
_WEEK: Final = timedelta(days=7)


def due_after(cadence: Cadence, day: date) -> date:
    """Say on which day after `day` it's made."""
    if cadence is Cadence.WEEKLY:
        return day + timedelta(days=7 - day.weekday())
    months = _MONTHS[cadence]
    return _months_later(day, months - (day.month - 1) % months)


def period_due(cadence: Cadence, due: date, *, zone: str) -> Period:
    """Say what is looked at on a day on which it's made: from the day before it on which it was.

    Args:
        cadence: How often.
        due: A day that `due_after` gave.
        zone: In which days begin.
    """
    first = due - _WEEK if cadence is Cadence.WEEKLY else _months_later(due, -_MONTHS[cadence])
    last = due - timedelta(days=1)
    return period_of(Preset.DAYS, today=due, zone=zone, first=first, last=last)


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
