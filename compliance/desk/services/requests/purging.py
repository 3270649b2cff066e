"""Forgetting requests whose records were kept for 24 months."""

from typing import Final

from django.db import transaction

from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.calendar import today_at
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

_AT_ONCE: Final = 500


def requests_purge() -> int:
    """Delete what was kept for 24 months, with timelines and hashes; the log has which and how many."""
    now = clock.now()
    with transaction.atomic():
        over = PrivacyRequest.objects.select_for_update().filter(kept_until__lt=today_at(now))
        found = list(over.order_by("kept_until", "pk")[:_AT_ONCE])
        if not found:
            return 0
        PrivacyRequest.objects.filter(pk__in=[request.pk for request in found]).delete()
        audit_record(
            action=Action.PRIVACY_PURGED,
            actor=SYSTEM,
            now=now,
            detail={"requests": len(found), "references": [request.reference for request in found]},
        )
    return len(found)
