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
# However short the periods are: an event that says what was erased contradicts false permits only while it
# can be read. offline/verify_pack.py has the same number.
EVIDENCE_LEAST: Final = timedelta(days=2192)
# Checkpoints are signed every minute; a signer may be away for longer, but not for ever.
_SIGNED_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Periods:
    """For how long what is kept.

    Attributes:
        content: The facts of events of the console and of apps without PHI.
        phi_content: The facts of events of apps with PHI, and of the log's own evidence, which is kept for
            `EVIDENCE_LEAST` at least. 45 CFR 164.316(b)(2)(i) wants documentation kept for six years; whether
            a log's entries are such documentation isn't settled, so this keeps them as if they were.
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
    evidence: datetime
    disclosures: datetime


def cutoffs_at(now: datetime, periods: Periods) -> Cutoffs:
    """Say what is old enough to go now."""
    evidence = max(periods.phi_content, EVIDENCE_LEAST)
    return Cutoffs(
        now - periods.content, now - periods.phi_content, now - evidence, now - periods.disclosures
    )


@dataclass(frozen=True, slots=True)
class EvidenceCutoffs:
    """When own evidence has to be from, so that an erasure could take its content.

    Attributes:
        recorded: It says that it happened before this.
        signed: A checkpoint that covers it was signed before this: what an event says of its own time is the
            word of whoever wrote it, and a checkpoint's time the signer's.
    """

    recorded: datetime
    signed: datetime


def evidence_cutoffs(erased_at: datetime) -> EvidenceCutoffs:
    """Say how old own evidence has to be when its content is erased, whatever the settings are."""
    recorded = erased_at - EVIDENCE_LEAST
    return EvidenceCutoffs(recorded, recorded + _SIGNED_WITHIN)
