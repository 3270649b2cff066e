"""Sending under more than one worker, under one that dies, and while the webhook goes away."""

from datetime import datetime
from typing import Any

import pytest
import time_machine

from compliance.ledger.domain.events import SYSTEM
from tests.support.at_once import at_once
from tests.support.receiver import Receiver
from tests.support.webhook_messages import due, state
from updates.backends.webhook_turn import webhook_turn
from updates.models import WebhookDelivery, WebhookEndpoint
from updates.services.webhooks import (
    deliveries_send,
    sending,
    webhook_remove,
)

BEGIN = datetime.fromisoformat("2026-11-30T12:00:00+00:00")


def test_one_that_is_removed_while_a_message_is_on_its_way_leaves_nothing(
    endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    due(endpoint)
    settle = sending._settle

    def removed_before(*args: Any) -> bool:
        webhook_remove(endpoint=endpoint, actor=SYSTEM)
        return settle(*args)

    monkeypatch.setattr(sending, "_settle", removed_before)
    assert deliveries_send() == 0
    assert not WebhookDelivery.objects.exists()


def test_a_worker_that_dies_leaves_what_it_claimed_to_be_tried_again(
    endpoint: WebhookEndpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CrashError(Exception): ...

    def die(*_: object) -> bool:
        raise CrashError

    with time_machine.travel(BEGIN, tick=False) as traveller:
        (delivery,) = due(endpoint)
        with monkeypatch.context() as dying:
            dying.setattr(sending, "_settle", die)
            with pytest.raises(CrashError):
                deliveries_send()
        assert state(delivery) == "waiting"
        assert deliveries_send() == 0
        traveller.shift(sending._CLAIM)
        assert deliveries_send() == 1
    assert receiver.received[0].id == receiver.received[1].id


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(
    endpoint: WebhookEndpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where both believe it's their turn."""
    due(endpoint, 6)
    assert sum(at_once([sending._due_send] * 2)) == 6
    assert len({each.id for each in receiver.received}) == len(receiver.received) == 6


def test_only_one_worker_at_a_time_is_kept_busy(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    due(endpoint)
    with webhook_turn() as taken:
        assert taken
        assert deliveries_send() == 0
    assert deliveries_send() == 1


def test_an_attempt_that_another_worker_has_taken_over_changes_nothing(
    endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """The first worker was so slow that its claim ran out."""
    (delivery,) = due(endpoint)
    settle = sending._settle

    def taken_over_before(*args: Any) -> bool:
        WebhookDelivery.objects.update(attempts=2)
        return settle(*args)

    monkeypatch.setattr(sending, "_settle", taken_over_before)
    assert deliveries_send() == 0
    assert state(delivery) == "waiting"
