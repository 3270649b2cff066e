"""What may be missing: each permit to erase is said by an event of the log, and covers what is gone."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from compliance.ledger.domain.verification import Check, Findings
from compliance.ledger.errors import VerificationError
from compliance.ledger.models import AuditErasure, AuditLeaf
from compliance.ledger.selectors.permits import permit_hold, tombstones_read

_BATCH: Final = 500


class _Permit(NamedTuple):
    first: int
    last: int
    disclosures_only: bool
    name: str


class Permits:
    """The permits that concern some events."""

    def __init__(self, numbers: Collection[int]) -> None:
        touching = AuditErasure.objects.filter(first__lte=max(numbers), last__gte=min(numbers))
        rows = touching.values_list("first", "last", "disclosures_only", "name").distinct()
        self._permits: Final = [_Permit._make(row) for row in rows]

    def covers_content(self, number: int) -> bool:
        """Say whether the content of this event may be missing."""
        return any(not permit.disclosures_only for permit in self._of(number))

    def covers_disclosures(self, number: int, missing: int) -> bool:
        """Say whether so many values of this event may be missing; which they were, digests don't tell."""
        names = {permit.name for permit in self._of(number)}
        return "" in names or missing <= len(names)

    def _of(self, number: int) -> Iterator[_Permit]:
        return (permit for permit in self._permits if permit.first <= number <= permit.last)


def erasures_check(findings: Findings, *, now: datetime) -> None:
    """Look whether each permit is said by the event that it names."""
    last = 0
    while rows := list(AuditErasure.objects.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        tombstones = tombstones_read({row.tombstone_id for row in rows})
        for row in rows:
            try:
                permit_hold(row, tombstones.get(row.tombstone_id), now=now)
            except VerificationError as exc:
                findings.add(
                    Check.ERASURE,
                    f"What may be missing of events {row.first} to {row.last}: event {row.tombstone_id} "
                    f"{exc.message}.",
                    *_places(row),
                )
        last = rows[-1].pk


def _places(row: AuditErasure) -> tuple[int | None, int | None]:
    """The first and the last entry that a permit is about."""
    leaves = AuditLeaf.objects.filter(number__range=(row.first, row.last)).order_by("number")
    sequences = leaves.values_list("sequence", flat=True)
    return sequences.first(), sequences.last()
