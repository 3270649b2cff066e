"""Forgetting requests whose records were kept for 24 months."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.db import transaction
from django.db.models import Q

from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.calendar import today_at
from compliance.desk.services.erasure.references import references_forget
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import HoldScope, LegalHold
from compliance.ledger.selectors.holds import holds_standing
from compliance.ledger.services import audit_record
from compliance.ledger.services.erasing import erasing_lock
from compliance.ledger.services.purges import Purge
from releaseconsole.kernel import clock

_AT_ONCE: Final = 500


def requests_purge() -> Purge:
    """Delete what was kept for 24 months and no legal hold keeps, with timelines and hashes.

    The log has which and how many. What an erasure did stays, without the reference.
    """
    done = _purge(clock.now())
    references_forget()
    return done


def _purge(now: datetime) -> Purge:
    with transaction.atomic():
        erasing_lock()
        over = PrivacyRequest.objects.filter(kept_until__lt=today_at(now))
        kept = {hold.pk: theirs for hold in holds_standing() if (theirs := _kept_by(hold)) is not None}
        held = {hold: over.filter(rows).count() for hold, rows in kept.items()}
        going = over.exclude(reduce(or_, kept.values())) if kept else over
        found = list(going.select_for_update().order_by("kept_until", "pk")[:_AT_ONCE])
        if not found:
            return Purge(0, held)
        PrivacyRequest.objects.filter(pk__in=[request.pk for request in found]).delete()
        audit_record(
            action=Action.PRIVACY_PURGED,
            actor=SYSTEM,
            now=now,
            detail={"requests": len(found), "references": [request.reference for request in found]},
        )
    return Purge(len(found), held)


def _kept_by(hold: LegalHold) -> Q | None:
    if hold.scope == HoldScope.EVERYTHING:
        return Q(pk__isnull=False)
    if hold.scope == HoldScope.APP:
        return Q(app_id=hold.app_id)
    if hold.object_type == "app":
        return Q(app_id=hold.object_id)
    is_request = hold.object_type == "privacy_request"
    return Q(reference=hold.object_id) if is_request else None
