"""For how long what is kept, and what went lately."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from compliance.ledger.domain.events import Action
from compliance.ledger.domain.retention import Periods
from compliance.ledger.models import AuditEvent

_LATEST: Final = 10


def periods_current() -> Periods:
    """Read for how long what is kept."""
    return Periods(
        content=timedelta(days=settings.AUDIT_CONTENT_DAYS),
        phi_content=timedelta(days=settings.AUDIT_CONTENT_PHI_DAYS),
        disclosures=timedelta(days=settings.AUDIT_DISCLOSURE_DAYS),
    )


def purges_latest() -> list[AuditEvent]:
    """Read the newest records of what was erased or expired, newest first."""
    actions = [Action.CONTENT_EXPIRED.value, Action.DISCLOSURES_ERASED.value]
    return list(AuditEvent.objects.filter(action__in=actions).order_by("-number")[:_LATEST])
