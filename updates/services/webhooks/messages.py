"""Making messages of the audit log: each event once for each webhook, whatever dies in between.

Level-triggered: whoever runs it looks at the log from where the last one ended, so nobody has to be told of
an event, and no service knows of webhooks.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from compliance.ledger.models import AuditEvent, AuditLeaf
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock, randomness
from updates.domain.webhooks.events import EVENTS, LoggedEvent, event_name, message_body
from updates.models import WebhookDelivery, WebhookEndpoint, WebhookPosition

_EVENTS_AT_ONCE: Final = 500
_ACTIONS: Final = [action.value for action in EVENTS]


def webhook_messages_make() -> int:
    """Make messages of what was recorded since the last time; returns how many.

    It goes by places in the log. They are dense and given to what is committed, so nothing can still appear
    below the last one; an event's number, drawn before its commit, is no such place.
    """
    events_sequence()
    WebhookPosition.objects.get_or_create(singleton=True)
    made, is_done = 0, False
    while not is_done:
        more, is_done = _some_make()
        made += more
    return made


def _some_make() -> tuple[int, bool]:
    """Make messages of the next events, in one transaction with the position."""
    now = clock.now()
    with transaction.atomic():
        position = WebhookPosition.objects.select_for_update().get()
        end = tree_size() - 1
        endpoints = _endpoints()
        events = _events(position.sequence, end, endpoints) if endpoints else {}
        deliveries = [
            _message(endpoint, sequence, event, now)
            for sequence, event in events.items()
            for endpoint, begins_after in endpoints.items()
            if sequence > begins_after
        ]
        made = WebhookDelivery.objects.bulk_create([each for each in deliveries if each])
        is_done = len(events) < _EVENTS_AT_ONCE
        position.sequence = max(position.sequence, end if is_done else max(events))
        position.save()
    return len(made), is_done


def _endpoints() -> dict[WebhookEndpoint, int]:
    """Read the webhooks that are on, with the place after which each is told."""
    found = list(WebhookEndpoint.objects.filter(disabled_at=None))
    began = {endpoint.begins_after for endpoint in found}
    places = dict(AuditLeaf.objects.filter(number__in=began).values_list("number", "sequence"))
    # One whose beginning has no place yet begins after all that have one.
    return {each: places[each.begins_after] for each in found if each.begins_after in places}


def _events(after: int, through: int, endpoints: Mapping[WebhookEndpoint, int]) -> dict[int, AuditEvent]:
    """Read the next events that somebody may be told of, by their places, in that order."""
    told = AuditEvent.objects.filter(
        app_id__in={endpoint.app_id for endpoint in endpoints}, action__in=_ACTIONS
    )
    leaves = AuditLeaf.objects.filter(
        sequence__gt=max(after, min(endpoints.values())),
        sequence__lte=through,
        number__in=told.order_by().values("number"),
    )
    places = dict(leaves.order_by("sequence").values_list("number", "sequence")[:_EVENTS_AT_ONCE])
    events = AuditEvent.objects.in_bulk(places)
    return {sequence: events[number] for number, sequence in places.items()}


def _message(
    endpoint: WebhookEndpoint, sequence: int, event: AuditEvent, now: datetime
) -> WebhookDelivery | None:
    """Make the message (unsaved), if the webhook is told of the event."""
    name = event_name(event.action, event.outcome)
    if name is None or event.app_id != endpoint.app_id:
        return None
    if endpoint.events and name not in endpoint.events:
        return None
    return WebhookDelivery(
        endpoint=endpoint,
        message_id=message_id_draw(),
        event_sequence=sequence,
        event=name,
        body=message_body(_logged(sequence, event), name),
        created_at=now,
        due_at=now,
    )


def message_id_draw() -> str:
    """Draw the id by which a receiver knows a repetition."""
    return f"msg_{randomness.token_id()}"


def _logged(sequence: int, event: AuditEvent) -> LoggedEvent:
    return LoggedEvent(
        sequence=sequence,
        at=event.at,
        action=event.action,
        outcome=event.outcome,
        actor_kind=event.actor_kind,
        app_id=event.app_id,
        subject=(event.object_type, event.object_id),
        detail=event.detail,
    )
