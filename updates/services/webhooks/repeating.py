"""Sending by hand: a message that tells of nothing, and messages once more."""

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock
from updates.domain.webhooks.events import TEST_EVENT, test_body
from updates.errors import ConflictError, NotFoundError
from updates.models import WebhookDelivery, WebhookEndpoint
from updates.services.webhooks.messages import message_id_draw
from updates.services.webhooks.records import webhook_lock, webhook_record


def webhook_test(*, endpoint: WebhookEndpoint, actor: Actor) -> WebhookDelivery:
    """Have a message sent that tells of nothing, to see whether it arrives.

    Raises:
        ConflictError: The webhook is off.
        NotFoundError: It was removed.
    """
    now = clock.now()
    with transaction.atomic():
        endpoint = _on(endpoint)
        delivery = WebhookDelivery.objects.create(
            endpoint=endpoint,
            message_id=message_id_draw(),
            event=TEST_EVENT,
            body=test_body(app_id=endpoint.app_id, now=now),
            created_at=now,
            due_at=now,
        )
        webhook_record(Action.WEBHOOK_REPLAYED, endpoint, actor=actor, now=now, event=TEST_EVENT)
    return delivery


def delivery_replay(*, delivery: WebhookDelivery, actor: Actor) -> WebhookDelivery:
    """Send a message again, as it was and under its id, so that a receiver who had it knows it.

    Raises:
        ConflictError: It's still on its way, or the webhook is off.
        NotFoundError: It was removed.
    """
    now = clock.now()
    with transaction.atomic():
        endpoint = _on(delivery.endpoint)
        locked = endpoint.deliveries.select_for_update().filter(pk=delivery.pk).first()
        if locked is None:
            raise NotFoundError("This message isn't kept any more.")
        if locked.due_at is not None:
            raise ConflictError("This message is still on its way.")
        locked.attempts, locked.due_at = 0, now
        locked.delivered_at = locked.given_up_at = None
        locked.save()
        webhook_record(
            Action.WEBHOOK_REPLAYED, endpoint, actor=actor, now=now, message=locked.message_id, messages=1
        )
    return locked


def deliveries_replay(*, endpoint: WebhookEndpoint, actor: Actor) -> int:
    """Send everything again that was given up; returns how many messages that is.

    Raises:
        ConflictError: The webhook is off.
        NotFoundError: It was removed.
    """
    now = clock.now()
    with transaction.atomic():
        endpoint = _on(endpoint)
        given_up = endpoint.deliveries.filter(given_up_at__isnull=False)
        count = given_up.update(attempts=0, due_at=now, given_up_at=None)
        if count:
            webhook_record(Action.WEBHOOK_REPLAYED, endpoint, actor=actor, now=now, messages=count)
    return count


def _on(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    locked = webhook_lock(endpoint)
    if locked.disabled_at is not None:
        raise ConflictError("This webhook is off. Turn it on first.")
    return locked
