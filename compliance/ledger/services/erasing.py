"""Deleting what may go: permits, rows, and the counts before and after. Retention and erasure share it.

Rows of the audit log have no delete of their own; this is the one place that does it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, QuerySet

from compliance.ledger.domain.ranges import ranges_of
from compliance.ledger.errors import LedgerError
from compliance.ledger.models import (
    AuditContent,
    AuditDisclosure,
    AuditErasure,
    AuditEvent,
    AuditLeaf,
    ErasureKind,
)
from compliance.ledger.services.locking import Turn, turn_take

_AT_ONCE: Final = 500  # below SQLite's limit of variables, whatever else the statement holds


@dataclass(frozen=True, slots=True)
class Doomed:
    """What is to be deleted.

    Attributes:
        events: By number.
        disclosures_only: Leave the content; else it goes with all that it commits to.
        names: Of disclosures; None: all.
        kind: Why.
    """

    events: Sequence[int]
    kind: ErasureKind
    disclosures_only: bool = True
    names: frozenset[str] | None = None

    def disclosures(self, numbers: Collection[int]) -> QuerySet[Any]:
        """Return those of these events, by a query that can delete."""
        found = _deletable(AuditDisclosure).filter(event__in=numbers)
        return found if self.names is None else found.filter(name__in=self.names)

    def contents(self, numbers: Collection[int]) -> QuerySet[Any]:
        """Return those of these events, by a query that can delete."""
        found = _deletable(AuditContent)
        return found.none() if self.disclosures_only else found.filter(event__in=numbers)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows there are of what is doomed."""

    contents: int
    disclosures: int


def erasing_lock() -> None:
    """Let nobody else erase or place a hold until the transaction ends: a hold covers all or comes after."""
    turn_take(Turn.ERASING)


def doomed_count(doomed: Doomed) -> Counted:
    """Count what is there of it."""
    contents = disclosures = 0
    for numbers in _parts(doomed.events):
        contents += doomed.contents(numbers).count()
        disclosures += doomed.disclosures(numbers).count()
    return Counted(contents, disclosures)


def doomed_delete(doomed: Doomed, *, before: Counted, tombstone: AuditEvent) -> None:
    """Write the permits, delete, and look again.

    Raises:
        LedgerError: Something else was deleted than was counted, or something is left.
    """
    names = sorted(doomed.names) if doomed.names is not None else [""]
    AuditErasure.objects.bulk_create([
        AuditErasure(
            first=first,
            last=last,
            disclosures_only=doomed.disclosures_only,
            name=name,
            kind=doomed.kind,
            tombstone=tombstone,
        )
        for first, last in ranges_of(doomed.events)
        for name in names
    ])
    gone = Counted(0, 0)
    for numbers in _parts(doomed.events):
        disclosures = doomed.disclosures(numbers).delete()[0]
        contents = doomed.contents(numbers).delete()[0]
        gone = Counted(gone.contents + contents, gone.disclosures + disclosures)
    if gone != before or doomed_count(doomed) != Counted(0, 0):
        raise LedgerError("Not all that was to be erased is gone, so nothing was erased.")


def sequences_of(numbers: Iterable[int]) -> list[list[int]]:
    """Return the places of events in the log, as ranges; for the event that says what was deleted.

    Raises:
        LedgerError: One of them has no place yet.
    """
    wanted = sorted(set(numbers))
    found: list[int] = []
    for part in _parts(wanted):
        found += AuditLeaf.objects.filter(number__in=part).values_list("sequence", flat=True)
    if len(found) != len(wanted):
        raise LedgerError("Some of these events have no place in the log, or don't exist.")
    return [list(each) for each in ranges_of(found)]


def _parts(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


def _deletable(model: type[Model]) -> QuerySet[Any]:
    return QuerySet(model)
