"""What all services about webhooks share: finding one under its lock, and recording what was done to it."""

from datetime import datetime
from typing import Any

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.models import AuditEvent
from compliance.ledger.services import audit_record
from updates.errors import NotFoundError
from updates.models import WebhookEndpoint


def webhook_lock(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Lock a webhook for the rest of the transaction and read it afresh.

    Raises:
        NotFoundError: It was removed.
    """
    rows = WebhookEndpoint.objects.select_for_update(no_key=True, of=("self",))
    locked = rows.filter(pk=endpoint.pk).first()
    if locked is None:
        raise NotFoundError("This webhook was removed.")
    return locked


def webhook_record(
    action: Action, endpoint: WebhookEndpoint, *, actor: Actor, now: datetime, **detail: Any
) -> AuditEvent:
    """Record what was done to a webhook; of its address only the host, for a path may be a secret."""
    return audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=endpoint.app_id,
        subject=("webhook", str(endpoint.pk)),
        detail={"host": endpoint.host, **detail},
    )
