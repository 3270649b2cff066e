"""What is wrong with the log right now, for the start page and `manage.py doctor`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from compliance.ledger.backends.witness import witness_remembered
from compliance.ledger.domain.merkle import tree_root
from compliance.ledger.errors import WitnessError
from compliance.ledger.models import AuditCheckpoint, AuditEvent, AuditLeaf
from compliance.ledger.selectors.anchors import (
    anchor_statuses,
    checkpoints_current,
    epoch_origin,
    oldest_pending,
    oldest_unanchored,
)
from compliance.ledger.selectors.tree import TreeReader, tree_size

_SEQUENCER_LAG: Final = timedelta(seconds=60)
_CHECKPOINT_LAG: Final = timedelta(minutes=5)
_UNANCHORED: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that somebody has to look at.

    Attributes:
        code: Stable, for machines.
        says: For people.
        since: From when on, where that's known.
    """

    code: str
    says: str
    since: datetime | None = None


def ledger_alerts(now: datetime) -> list[Alert]:
    """Say what is wrong, the worst first; nothing: all is well."""
    return [
        *_witness_refuses(),
        *_anchors_differ(),
        *_sequencer_lags(now),
        *_checkpoint_missing(now),
        *_unanchored(now),
    ]


def _witness_refuses() -> Iterator[Alert]:
    try:
        remembered = witness_remembered()
    except WitnessError as exc:
        yield Alert("witness_refuses", f"Nothing is signed: {exc.message}")
        return
    if not remembered and AuditCheckpoint.objects.exists():
        yield Alert("witness_refuses", "Nothing is signed: nobody remembers what was signed last.")
    size, tree = tree_size(), TreeReader()
    for last in remembered:
        if last.origin != epoch_origin():
            yield Alert(
                "witness_refuses", f"Nothing is signed: the witness knows another log, {last.origin}."
            )
        elif last.size > size:
            yield Alert(
                "witness_refuses",
                f"Nothing is signed: {last.size} entries were signed, and {size} are there.",
            )
        elif last.size and last.root != tree_root(last.size, tree.node):
            yield Alert(
                "witness_refuses", f"Nothing is signed: the first {last.size} entries aren't those signed."
            )


def _anchors_differ() -> Iterator[Alert]:
    for status in anchor_statuses():
        if status.is_on and status.comparison is not None and status.comparison.error:
            says = f"Copies of checkpoints ({status.kind.label}) differ: {status.comparison.error}"
            yield Alert("anchors_differ", says, status.comparison.at)


def _sequencer_lags(now: datetime) -> Iterator[Alert]:
    event = oldest_pending()
    if event is not None and now - event.at > _SEQUENCER_LAG:
        yield Alert(
            "sequencer_lags", "Events wait for their place in the log: does the worker run?", event.at
        )


def _checkpoint_missing(now: datetime) -> Iterator[Alert]:
    latest = checkpoints_current().last()
    leaf = AuditLeaf.objects.filter(sequence=latest.size if latest is not None else 0).first()
    event = None if leaf is None else AuditEvent.objects.filter(number=leaf.number).first()
    if event is not None and now - event.at > _CHECKPOINT_LAG:
        yield Alert("checkpoint_missing", "The log has grown, and wasn't signed.", event.at)


def _unanchored(now: datetime) -> Iterator[Alert]:
    oldest = oldest_unanchored(now)
    if oldest is not None and oldest.age > _UNANCHORED:
        failures = [status.failure.error for status in anchor_statuses() if status.is_on and status.failure]
        why = f" {failures[0]}" if failures else ""
        yield Alert("unanchored", f"Entries rest under no copy outside the database.{why}", oldest.at)
