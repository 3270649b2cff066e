"""A webhook that fails for days, or says that it is gone, is turned off; success lets it live."""

from datetime import timedelta

from accounts.models import Letter, User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.receiver import Receiver
from tests.support.shipping import recorded
from tests.support.webhook_messages import due, state
from updates.domain.webhooks.retries import WAITS
from updates.models import WebhookDelivery, WebhookEndpoint
from updates.services.webhooks import (
    deliveries_replay,
    deliveries_send,
    webhook_switch,
)


def test_five_days_without_success_turn_it_off_and_administrators_are_told(
    endpoint: WebhookEndpoint, receiver: Receiver, ada: User
) -> None:
    User.objects.filter(pk=ada.pk).update(last_login=clock.now())
    (last, waiting) = due(endpoint, 2)
    WebhookDelivery.objects.filter(pk=last.pk).update(attempts=len(WAITS))
    WebhookDelivery.objects.filter(pk=waiting.pk).update(due_at=clock.now() + timedelta(days=1))
    WebhookEndpoint.objects.update(failing_since=clock.now() - timedelta(days=5))
    receiver.status = 500
    deliveries_send()
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert (state(last), state(waiting)) == ("given up", "given up")
    (event,) = recorded(Action.WEBHOOK_DISABLED)
    assert event.detail == {"host": endpoint.host, "why": "failing"}
    letter = Letter.objects.get(person=ada)
    assert f"/console/apps/{endpoint.app_id}/webhooks/{endpoint.pk}/" in letter.body
    assert "/hook" not in letter.body.replace(f"/webhooks/{endpoint.pk}/", "")


def test_a_failure_after_a_quiet_week_doesnt_turn_it_off(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    (delivery,) = due(endpoint)
    WebhookEndpoint.objects.update(failing_since=clock.now() - timedelta(days=30))
    receiver.status = 500
    deliveries_send()
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, state(delivery)) == (None, "waiting")


def test_one_that_says_it_is_gone_is_turned_off_at_once(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    (delivery,) = due(endpoint)
    receiver.status = 410
    deliveries_send()
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert state(delivery) == "given up"
    assert recorded(Action.WEBHOOK_DISABLED)[0].detail["why"] == "gone"


def test_success_ends_the_time_of_failing(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    WebhookEndpoint.objects.update(failing_since=clock.now() - timedelta(days=4))
    due(endpoint)
    deliveries_send()
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_one_that_is_off_is_sent_nothing(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    (delivery,) = due(endpoint)
    webhook_switch(endpoint=endpoint, on=False, actor=SYSTEM)
    assert state(delivery) == "given up"
    deliveries_send()
    webhook_switch(endpoint=endpoint, on=True, actor=SYSTEM)
    assert deliveries_replay(endpoint=endpoint, actor=SYSTEM) == 1
    assert not receiver.received
    assert deliveries_send() == 1
