"""Deleting what was kept for long enough: contents and personal values, never headers, leaves and tiles."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from compliance.ledger.backends.phi_apps import phi_apps
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.domain.ranges import ranges_of
from compliance.ledger.domain.retention import OWN_EVIDENCE, Cutoffs, cutoffs_at
from compliance.ledger.models import AuditContent, AuditDisclosure, AuditLeaf, ErasureKind
from compliance.ledger.selectors.holds import held
from compliance.ledger.selectors.retention import periods_current
from compliance.ledger.services.erasing import (
    Doomed,
    doomed_count,
    doomed_delete,
    erasing_lock,
    sequences_of,
)
from compliance.ledger.services.recording import audit_record

# One transaction's share: it holds up nobody for long, and the event that tells of it stays small even where
# what goes and what stays alternate.
BATCH: Final = 2000
MOST_RANGES: Final = 200


def content_expire(*, now: datetime, batch: int = BATCH) -> int:
    """Delete some of what is old enough; call it until it returns 0.

    What a legal hold covers stays, and goes once that's lifted. Each batch is one event that says what went.

    Returns:
        How many events lost their content or personal values.
    """
    cutoffs = cutoffs_at(now, periods_current())
    return _contents_expire(cutoffs, now, batch) or _disclosures_expire(cutoffs, now, batch)


def _contents_expire(cutoffs: Cutoffs, now: datetime, batch: int) -> int:
    phi, evidence = _of_phi_apps(), Q(event__action__in=[each.value for each in OWN_EVIDENCE])
    old = (
        Q(event__at__lt=cutoffs.evidence)
        | (Q(event__at__lt=cutoffs.phi_content) & ~evidence)
        | (Q(event__at__lt=cutoffs.content) & ~evidence & ~phi)
    )
    with transaction.atomic():
        erasing_lock()
        found = AuditContent.objects.filter(old).exclude(held("event__"))
        numbers = list(found.order_by("event_id").values_list("event_id", flat=True)[:batch])
        return _expire(Doomed(_some(numbers), ErasureKind.RETENTION, disclosures_only=False), now)


def _of_phi_apps() -> Q:
    """Select what is about apps with PHI; of those that handle none any more, what is from before.

    Whoever lowers an app's flag must not let go what was written under it.
    """
    terms = phi_apps()
    longer = Q(event__app_id__in=[app_id for app_id, until in terms.items() if until is None])
    for app_id, until in terms.items():
        if until is not None:
            longer |= Q(event__app_id=app_id, event__at__lte=until)
    return longer


def _disclosures_expire(cutoffs: Cutoffs, now: datetime, batch: int) -> int:
    with transaction.atomic():
        erasing_lock()
        found = AuditDisclosure.objects.filter(event__at__lt=cutoffs.disclosures).exclude(held("event__"))
        numbers = list(found.order_by("event_id").values_list("event_id", flat=True).distinct()[:batch])
        return _expire(Doomed(_some(numbers), ErasureKind.RETENTION), now)


def _some(numbers: list[int]) -> list[int]:
    """Keep those with a place in the log, and as many as make up few ranges: their record stays small."""
    placed = set(AuditLeaf.objects.filter(number__in=numbers).values_list("number", flat=True))
    ranges = ranges_of(number for number in numbers if number in placed)[:MOST_RANGES]
    return [number for first, last in ranges for number in range(first, last + 1)]


def _expire(doomed: Doomed, now: datetime) -> int:
    if not doomed.events:
        return 0
    before = doomed_count(doomed)
    tombstone = audit_record(
        action=Action.CONTENT_EXPIRED,
        actor=SYSTEM,
        now=now,
        detail={
            "what": "disclosures" if doomed.disclosures_only else "content",
            "events": len(doomed.events),
            "contents": before.contents,
            "disclosures": before.disclosures,
            "sequences": sequences_of(doomed.events),
        },
    )
    doomed_delete(doomed, before=before, tombstone=tombstone)
    return len(doomed.events)
