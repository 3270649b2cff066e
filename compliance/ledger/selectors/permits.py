"""Permits to erase, held against the log: whoever may write to the database can write a permit as well."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max, Q

from compliance.ledger.domain.retention import OWN_EVIDENCE, evidence_cutoffs
from compliance.ledger.domain.tombstones import Tombstone, permit_check
from compliance.ledger.errors import VerificationError
from compliance.ledger.models import AuditCheckpoint, AuditContent, AuditErasure, AuditEvent, AuditLeaf


def tombstones_read(numbers: Collection[int]) -> dict[int, Tombstone]:
    """Read the events that permits name, by number."""
    contents = dict(AuditContent.objects.filter(pk__in=numbers).values_list("pk", "content"))
    events = AuditEvent.objects.filter(number__in=numbers).values_list("number", "at", "action", "outcome")
    return {
        number: Tombstone(at, action, outcome, contents.get(number)) for number, at, action, outcome in events
    }


def permit_hold(permit: AuditErasure, tombstone: Tombstone | None, *, now: datetime) -> None:
    """Hold a permit against the event that it names.

    Args:
        permit: It.
        tombstone: That event; None: there's none.
        now: The time.

    Raises:
        VerificationError: The event doesn't say so, or the permit takes what must still be there.
    """
    if tombstone is None:
        raise VerificationError("is gone, which said so")
    # Else one could permit that it is emptied itself, and then contradict nothing that names it. So each that
    # is empty was emptied by a later one, and the last of them isn't.
    if permit.last >= permit.tombstone_id:
        raise VerificationError("was recorded before all of that was")
    leaves = AuditLeaf.objects.filter(number__range=(permit.first, permit.last))
    permit_check(
        tombstone,
        kind=permit.kind,
        disclosures_only=permit.disclosures_only,
        name=permit.name,
        places=leaves.order_by("number").values_list("sequence", flat=True).iterator(),
    )
    if not permit.disclosures_only:
        _evidence_check(permit, min(tombstone.at, now))


def _evidence_check(permit: AuditErasure, erased_at: datetime) -> None:
    """Refuse that an event which says what was erased is emptied while it may have to contradict a permit.

    Raises:
        VerificationError: It's too young.
    """
    old = evidence_cutoffs(erased_at)
    signed = AuditCheckpoint.objects.filter(signed_at__lt=old.signed).aggregate(most=Max("size"))["most"] or 0
    evidence = AuditEvent.objects.filter(
        number__range=(permit.first, permit.last), action__in=[each.value for each in OWN_EVIDENCE]
    )
    unsigned = AuditLeaf.objects.filter(sequence__gte=signed, number__range=(permit.first, permit.last))
    young = evidence.filter(Q(at__gte=old.recorded) | Q(number__in=unsigned.values("number")))
    number = young.order_by("number").values_list("number", flat=True).first()
    if number is not None:
        place = AuditLeaf.objects.filter(number=number).values_list("sequence", flat=True).first()
        which = f"event {number}" if place is None else f"entry {place}"
        raise VerificationError(f"takes {which} away, which says what was erased, before its time")
