"""Statutory clocks of a privacy request: pure, in whole days of the operator's zone.

A deadline is a date, not a moment: a day that a change of clocks makes 23 or 25 hours long counts as one. The
day of receipt is day 0. "The period begins on the day of receipt" may also be read so that it's day 1; so the
day before a deadline counts as at risk, and the internal target lies well before both.

Nothing here pauses a clock, as no rule does: verifying identity takes its time inside the 45 days.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from compliance.desk.errors import ExtensionLateError

# Each agrees with a rule of domain.rules; the constraints of models.requests say the same numbers again.
ACKNOWLEDGE_BUSINESS_DAYS: Final = 10
ANSWER_DAYS: Final = 45
EXTENDED_DAYS: Final = 90
OPT_OUT_BUSINESS_DAYS: Final = 15
RECORD_MONTHS: Final = 24

# How long before a deadline a request is at risk; the shorter one is for deadlines in business days.
ANSWER_WARNING: Final = timedelta(days=10)
SHORT_WARNING: Final = timedelta(days=3)

_SATURDAY: Final = 5


class Urgency(StrEnum):
    """How near a deadline is."""

    ON_TIME = "on_time"
    AT_RISK = "at_risk"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """How the operator counts days.

    Attributes:
        zone: Whose midnight ends a day.
        holidays: Days that are no business days beside Saturday and Sunday. The rules name none; with none
            a deadline is never later than anybody could claim.
    """

    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()

    def day_of(self, moment: datetime) -> date:
        """Tell on which day a moment falls here."""
        return moment.astimezone(self.zone).date()

    def is_business_day(self, day: date) -> bool:
        """Whether it's Monday to Friday, and no holiday."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def business_days_after(self, day: date, count: int) -> date:
        """Return the `count`th business day after a day, which itself doesn't count."""
        while count:
            day += timedelta(days=1)
            count -= self.is_business_day(day)
        return day


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What a day of receipt means.

    Attributes:
        received_on: Day 0.
        ack_due: The last day on which the acknowledgement is in time; None: this kind needs none.
        due: The last day on which the answer is in time, unless it's extended.
    """

    received_on: date
    ack_due: date | None
    due: date


def deadlines_of(received_on: date, *, is_opt_out: bool, calendar: BusinessCalendar) -> Deadlines:
    """Count from the day of receipt; `is_opt_out` is for opting out and limiting, which go faster."""
    if is_opt_out:
        return Deadlines(received_on, None, calendar.business_days_after(received_on, OPT_OUT_BUSINESS_DAYS))
    ack_due = calendar.business_days_after(received_on, ACKNOWLEDGE_BUSINESS_DAYS)
    return Deadlines(received_on, ack_due, received_on + timedelta(days=ANSWER_DAYS))


def extended_due(received_on: date, *, extended_on: date) -> date:
    """Return the deadline after the one extension, whose notice is given on `extended_on`.

    Raises:
        ExtensionLateError: The first 45 days are over, so the notice is no use any more.
    """
    if (extended_on - received_on).days > ANSWER_DAYS:
        raise ExtensionLateError
    return received_on + timedelta(days=EXTENDED_DAYS)


def urgency(deadline: date, *, today: date, is_short: bool) -> Urgency:
    """Say how near a deadline is; its day is still in time. `is_short` is for those in business days."""
    if today > deadline:
        return Urgency.OVERDUE
    warning = SHORT_WARNING if is_short else ANSWER_WARNING
    return Urgency.AT_RISK if today >= deadline - warning else Urgency.ON_TIME


def kept_until(closed_on: date) -> date:
    """Return the day on which the record of a request goes: 24 months after it was answered."""
    months = closed_on.year * 12 + closed_on.month - 1 + RECORD_MONTHS
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(closed_on.day, monthrange(year, month)[1]))
