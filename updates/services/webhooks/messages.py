"""Making messages of the audit log: each event once for each webhook, whatever dies in between.

Level-triggered: whoever runs it looks at the log from where the last one ended, so nobody has to be told of
an event, and no service knows of webhooks.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Min

from compliance.ledger.models import AuditEvent
from compliance.ledger.selectors import events_settled
from releaseconsole.kernel import clock, randomness
from updates.domain.webhooks.events import EVENTS, LoggedEvent, event_name, message_body
from updates.models import WebhookDelivery, WebhookEndpoint, WebhookPosition

_EVENTS_AT_ONCE: Final = 500
_ACTIONS: Final = [action.value for action in EVENTS]


def webhook_messages_make() -> int:
    """Make messages of what was recorded since the last time; returns how many.

    Nothing is made while the log isn't complete up to its end: an event that appears later than a newer one
    would be passed over.
    """
    settled = events_settled()
    if settled is None:
        return 0
    WebhookPosition.objects.get_or_create(singleton=True)
    made, is_done = 0, False
    while not is_done:
        more, is_done = _some_make(settled)
        made += more
    return made


def _some_make(settled: int) -> tuple[int, bool]:
    """Make messages of the next events, in one transaction with the position."""
    now = clock.now()
    with transaction.atomic():
        position = WebhookPosition.objects.select_for_update().get()
        endpoints = list(WebhookEndpoint.objects.filter(disabled_at=None))
        events = _events(position.sequence, settled, endpoints) if endpoints else []
        deliveries = [_message(endpoint, event, now) for event in events for endpoint in endpoints]
        made = WebhookDelivery.objects.bulk_create([each for each in deliveries if each])
        is_done = len(events) < _EVENTS_AT_ONCE
        end = settled if is_done else events[-1].number
        position.sequence = max(position.sequence, end)
        position.save()
    return len(made), is_done


def _events(after: int, through: int, endpoints: Sequence[WebhookEndpoint]) -> list[AuditEvent]:
    begins = WebhookEndpoint.objects.filter(disabled_at=None).aggregate(first=Min("begins_after"))["first"]
    found = AuditEvent.objects.filter(
        number__gt=max(after, begins or 0),
        number__lte=through,
        app_id__in={endpoint.app_id for endpoint in endpoints},
        action__in=_ACTIONS,
    )
    return list(found.order_by("number")[:_EVENTS_AT_ONCE])


def _message(endpoint: WebhookEndpoint, event: AuditEvent, now: datetime) -> WebhookDelivery | None:
    """Make the message (unsaved), if the webhook is told of the event."""
    name = event_name(event.action, event.outcome)
    if name is None or event.app_id != endpoint.app_id or event.number <= endpoint.begins_after:
        return None
    if endpoint.events and name not in endpoint.events:
        return None
    return WebhookDelivery(
        endpoint=endpoint,
        message_id=message_id_draw(),
        event_sequence=event.number,
        event=name,
        body=message_body(_logged(event), name),
        created_at=now,
        due_at=now,
    )


def message_id_draw() -> str:
    """Draw the id by which a receiver knows a repetition."""
    return f"msg_{randomness.token_id()}"


def _logged(event: AuditEvent) -> LoggedEvent:
    return LoggedEvent(
        sequence=event.number,
        at=event.at,
        action=event.action,
        outcome=event.outcome,
        actor_kind=event.actor_kind,
        app_id=event.app_id,
        subject=(event.object_type, event.object_id),
        detail=event.detail,
    )
