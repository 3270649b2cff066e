"""What may be missing: each permit to erase is said by an event of the log, and covers what is gone."""

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from compliance.ledger.domain.events import Outcome
from compliance.ledger.domain.tombstones import ERASED_FACT, TOMBSTONES, Permit
from compliance.ledger.domain.verification import Check, Findings
from compliance.ledger.models import AuditContent, AuditErasure, AuditEvent, AuditLeaf

_BATCH: Final = 1000


class Permits:
    """The permits that concern some events."""

    def __init__(self, numbers: Collection[int]) -> None:
        touching = AuditErasure.objects.filter(first__lte=max(numbers), last__gte=min(numbers))
        rows = touching.values_list("first", "last", "disclosures_only", "name").distinct()
        self._permits: Final = [Permit._make(row) for row in rows]

    def covers_content(self, number: int) -> bool:
        """Say whether the content of this event may be missing."""
        return any(not permit.disclosures_only for permit in self._of(number))

    def covers_disclosures(self, number: int, missing: int) -> bool:
        """Say whether so many values of this event may be missing; which they were, digests don't tell."""
        names = {permit.name for permit in self._of(number)}
        return "" in names or missing <= len(names)

    def _of(self, number: int) -> Iterator[Permit]:
        return (permit for permit in self._permits if permit.first <= number <= permit.last)


def erasures_check(findings: Findings) -> None:
    """Look whether each permit is said by the event that it names."""
    last = 0
    while rows := list(AuditErasure.objects.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        named = {row.tombstone_id for row in rows}
        events = {event.number: event for event in AuditEvent.objects.filter(number__in=named)}
        told = {number: _told(event) for number, event in events.items()}
        for row in rows:
            event = events.get(row.tombstone_id)
            if fault := "is gone" if event is None else _fault(row, event, told[event.number]):
                where = f"events {row.first} to {row.last}"
                _add(
                    findings,
                    row,
                    f"What was erased of {where} can't be told: event {row.tombstone_id} {fault}.",
                )
        last = rows[-1].pk


def _fault(row: AuditErasure, event: AuditEvent, told: list[object] | None) -> str:
    if event.action not in TOMBSTONES.get(row.kind, ()) or event.outcome != Outcome.DONE.value:
        return f"doesn't say that something was erased for {row.kind}"
    permit = Permit(row.first, row.last, row.disclosures_only, row.name)
    if told is not None and permit.told not in told:
        return "says something else"
    return ""


def _told(event: AuditEvent) -> list[object] | None:
    """Read what an event says was erased; None: its own content was erased since."""
    content = AuditContent.objects.filter(pk=event.number).values_list("content", flat=True).first()
    if content is None:
        return None
    try:
        told = msgspec.json.decode(content)["facts"][ERASED_FACT]
    except (msgspec.MsgspecError, LookupError, TypeError):
        return []
    return told if isinstance(told, list) else []


def _add(findings: Findings, row: AuditErasure, said: str) -> None:
    place = AuditLeaf.objects.filter(number__gte=row.first).order_by("number").values_list("sequence").first()
    findings.add(Check.ERASURE, said, None if place is None else place[0])
