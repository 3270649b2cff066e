"""Requests that a second person decides: their states, and what a person confirms when they decide.

Docs: docs/approvals.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from accounts.domain.operations import Operation

# A sentence is texts and moments: each viewer reads a moment in their own zone.
Sentence = tuple[str | datetime, ...]

_MOMENT: Final = "at"


class ApprovalState(StrEnum):
    """Life of a request: it waits, then ends in one of the others for good."""

    PENDING = "pending"
    EXECUTED = "executed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FAILED = "failed"
    OVERTAKEN = "overtaken"


class ReviewReason(StrEnum):
    """Why somebody else has to look at what one person did."""

    BREAK_GLASS = "break_glass"
    BOOTSTRAP = "bootstrap"


def give_operation(*, request_id: str, name: str, digest: str) -> Operation:
    """Name the approval of one request; its digest covers that of what will be done."""
    return Operation("accounts:approval:give", {"request": request_id, "operation": name, "digest": digest})


def review_operation(*, review_id: str, name: str, digest: str) -> Operation:
    """Name the closing of a review of what was done."""
    return Operation("accounts:review:close", {"review": review_id, "operation": name, "digest": digest})


def sentences_pack(sentences: Iterable[Sentence]) -> list[list[Any]]:
    """Make JSON of sentences, to keep what was shown."""
    return [
        [{_MOMENT: part.isoformat()} if isinstance(part, datetime) else part for part in sentence]
        for sentence in sentences
    ]


def sentences_unpack(packed: Sequence[Sequence[Any]]) -> list[Sentence]:
    """Read sentences that were kept."""
    return [
        tuple(
            datetime.fromisoformat(part[_MOMENT]) if isinstance(part, dict) else str(part)
            for part in sentence
        )
        for sentence in packed
    ]
