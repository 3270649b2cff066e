"""What may be missing: each permit to erase is said by an event of the log, and covers what is gone."""

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from compliance.ledger.domain.tombstones import Tombstone, permit_check
from compliance.ledger.domain.verification import Check, Findings
from compliance.ledger.errors import VerificationError
from compliance.ledger.models import AuditContent, AuditErasure, AuditEvent, AuditLeaf

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


def erasures_check(findings: Findings) -> None:
    """Look whether each permit is said by the event that it names."""
    last = 0
    while rows := list(AuditErasure.objects.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        tombstones = _tombstones({row.tombstone_id for row in rows})
        for row in rows:
            places = AuditLeaf.objects.filter(number__range=(row.first, row.last)).order_by("number")
            sequences = places.values_list("sequence", flat=True)
            if fault := _fault(row, tombstones.get(row.tombstone_id), sequences.iterator()):
                said = f"What may be missing of events {row.first} to {row.last}"
                findings.add(
                    Check.ERASURE,
                    f"{said}: event {row.tombstone_id} {fault}.",
                    sequences.first(),
                    _until(row),
                )
        last = rows[-1].pk


def _tombstones(numbers: Collection[int]) -> dict[int, Tombstone]:
    contents = dict(AuditContent.objects.filter(pk__in=numbers).values_list("pk", "content"))
    events = AuditEvent.objects.filter(number__in=numbers).values_list("number", "action", "outcome")
    return {number: Tombstone(action, outcome, contents.get(number)) for number, action, outcome in events}


def _fault(row: AuditErasure, tombstone: Tombstone | None, places: Iterator[int]) -> str:
    if tombstone is None:
        return "is gone, which said so"
    try:
        permit_check(
            tombstone, kind=row.kind, disclosures_only=row.disclosures_only, name=row.name, places=places
        )
    except VerificationError as exc:
        return exc.message
    return ""


def _until(row: AuditErasure) -> int | None:
    """The last entry that it's about, where there are several."""
    leaves = AuditLeaf.objects.filter(number__range=(row.first, row.last)).order_by("-number")
    last: int | None = leaves.values_list("sequence", flat=True).first()
    return last
