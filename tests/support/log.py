"""Writing events for tests of the log, and shortening what they tell of."""

from datetime import datetime
from typing import Any

from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.models import AuditEvent, AuditLeaf
from compliance.ledger.services import audit_record
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock


def event_made(
    *,
    action: Action = Action.APP_SHUT_OFF,
    actor: Actor = SYSTEM,
    app_id: str = "",
    subject: tuple[str, str] = ("", ""),
    at: datetime | None = None,
    **detail: Any,
) -> AuditEvent:
    """Record an event in a transaction of its own, and give it its place."""
    with transaction.atomic():
        event = audit_record(
            action=action,
            actor=actor,
            now=at or clock.now(),
            app_id=app_id,
            subject=subject,
            detail=detail or {"reason": "Ada asked for it", "n": 1},
        )
    events_sequence()
    return event


def again(event: AuditEvent) -> AuditEvent:
    """Read an event anew, with what is left of it."""
    return AuditEvent.objects.get(pk=event.pk)


def last(action: Action) -> AuditEvent:
    """Return the newest event of a kind."""
    return AuditEvent.objects.filter(action=action.value).order_by("-number")[:1].get()


def place_of(event: AuditEvent) -> int:
    """Return an event's place in the log."""
    return AuditLeaf.objects.get(number=event.pk).sequence
