"""How long what events tell is kept, and what becomes of it. Headers, leaves and tiles are kept for ever."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from compliance.ledger.domain.events import Action


class BodyState(StrEnum):
    """What is left of what an event told."""

    PRESENT = "present"
    REDACTED = "redacted"  # of the values that it only commits to, some or all are erased
    EXPIRED = "expired"  # the header alone is left
    ON_HOLD = "on_hold"  # a legal hold keeps what is there


# What says why something isn't there any more is needed for as long as anybody may ask.
OWN_EVIDENCE: Final = frozenset({
    Action.CONTENT_EXPIRED,
    Action.DISCLOSURES_ERASED,
    Action.HOLD_PLACED,
    Action.HOLD_LIFTED,
    Action.LOG_RESTARTED,
    Action.EXPORT_MADE,
    Action.EXPORT_HANDED_ON,
})


@dataclass(frozen=True, slots=True)
class Periods:
    """For how long what is kept.

    Attributes:
        content: The facts of events of the console and of apps without PHI.
        phi_content: The facts of events of apps with PHI, and of the log's own evidence. 45 CFR
            164.316(b)(2)(i) wants documentation kept for six years; whether a log's entries are such
            documentation isn't settled, so this keeps them as if they were.
        disclosures: Personal values and free text, of whatever event.
    """

    content: timedelta
    phi_content: timedelta
    disclosures: timedelta


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """What is older than this has been kept for long enough."""

    content: datetime
    phi_content: datetime
    disclosures: datetime


def cutoffs_at(now: datetime, periods: Periods) -> Cutoffs:
    """Say what is old enough to go now."""
    return Cutoffs(now - periods.content, now - periods.phi_content, now - periods.disclosures)
