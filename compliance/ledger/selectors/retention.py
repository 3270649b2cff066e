"""For how long what is kept, and what went lately."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings

from compliance.ledger.domain.events import Action
from compliance.ledger.domain.retention import Periods
from compliance.ledger.models import AuditEvent, AuditLeaf

_LATEST: Final = 10


def periods_current() -> Periods:
    """Read for how long what is kept."""
    return Periods(
        content=timedelta(days=settings.AUDIT_CONTENT_DAYS),
        phi_content=timedelta(days=settings.AUDIT_CONTENT_PHI_DAYS),
        disclosures=timedelta(days=settings.AUDIT_DISCLOSURE_DAYS),
    )


@dataclass(frozen=True, slots=True)
class Purge:
    """A record of what was erased or expired; `sequence`: its place in the log, None while it has none."""

    event: AuditEvent
    sequence: int | None


def purges_latest() -> list[Purge]:
    """Read the newest records of what was erased or expired, newest first."""
    actions = [Action.CONTENT_EXPIRED.value, Action.DISCLOSURES_ERASED.value]
    events = list(AuditEvent.objects.filter(action__in=actions).order_by("-number")[:_LATEST])
    leaves = AuditLeaf.objects.filter(number__in=[event.number for event in events])
    places = dict(leaves.values_list("number", "sequence"))
    return [Purge(event, places.get(event.number)) for event in events]
