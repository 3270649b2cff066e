"""The quarterly review of who may do what: its quarters, its days, its reminders, and who decides."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from compliance.desk.errors import ReviewerError

# For one review, from the day it's opened. Neither law nor standard names a number; this is the console's.
REVIEW_TIME: Final = timedelta(days=30)
_REMIND_WITHIN: Final = timedelta(days=14)
_REMIND_EVERY: Final = timedelta(days=7)
_MONTHS: Final = 3


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a calendar year, in the operator's days."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def begins_on(self) -> date:
        """Its first day."""
        return date(self.year, _MONTHS * (self.number - 1) + 1, 1)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Whoever decides about somebody's access.

    Attributes:
        is_officer: Whether they handle compliance.
        manages_people: Whether they are an administrator.
        is_themselves: Whether the access is their own.
    """

    is_officer: bool
    manages_people: bool
    is_themselves: bool


def quarter_of(day: date) -> Quarter:
    """Return the quarter of a day."""
    return Quarter(day.year, (day.month - 1) // _MONTHS + 1)


def reminder_is_due(*, due_on: date, reminded_on: date | None, today: date) -> bool:
    """Say whether to write again: weekly in the last two weeks, on the day it's due, and weekly after it."""
    if today < due_on - _REMIND_WITHIN:
        return False
    if reminded_on is None or today - reminded_on >= _REMIND_EVERY:
        return True
    return reminded_on < due_on <= today


def reviewer_check(reviewer: Reviewer, *, of_officer: bool) -> None:
    """Make sure that somebody may decide: officers do, and of an officer's own access an administrator too.

    Else a console with one officer could never finish a review.

    Args:
        reviewer: Who decides.
        of_officer: Whether the access is a compliance officer's.

    Raises:
        ReviewerError: It's their own access, or not theirs to decide.
    """
    if reviewer.is_themselves:
        raise ReviewerError(
            "Nobody decides about their own access: another officer or an administrator does."
        )
    if not (reviewer.is_officer or (of_officer and reviewer.manages_people)):
        raise ReviewerError
