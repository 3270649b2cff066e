"""A webhook's secret: changed, leaked, not to be opened, moved to another KEK."""

from datetime import datetime, timedelta

import time_machine
from django.core.management import call_command

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import sealing
from releaseconsole.kernel.sealing import KeyEncryptionKey
from tests.support.receiver import Receiver
from tests.support.webhook_messages import due
from updates.models import WebhookEndpoint
from updates.services.webhooks import (
    deliveries_send,
    webhook_secret_rotate,
)

BEGIN = datetime.fromisoformat("2026-11-30T12:00:00+00:00")


def test_a_changed_secret_signs_beside_the_earlier_one_for_a_day(
    endpoint: WebhookEndpoint, secret: str, receiver: Receiver
) -> None:
    with time_machine.travel(BEGIN, tick=False) as traveller:
        changed = webhook_secret_rotate(endpoint=endpoint, has_leaked=False, actor=SYSTEM)
        due(endpoint)
        deliveries_send()
        traveller.shift(timedelta(hours=24))
        due(endpoint)
        deliveries_send()
    both, one = receiver.received
    assert both.is_signed_with(changed)
    assert both.is_signed_with(secret)
    assert one.is_signed_with(changed)
    assert not one.is_signed_with(secret)


def test_a_leaked_secret_signs_no_more(endpoint: WebhookEndpoint, secret: str, receiver: Receiver) -> None:
    changed = webhook_secret_rotate(endpoint=endpoint, has_leaked=True, actor=SYSTEM)
    due(endpoint)
    deliveries_send()
    assert receiver.received[0].is_signed_with(changed)
    assert not receiver.received[0].is_signed_with(secret)


def test_a_secret_that_cant_be_opened_sends_nothing_and_counts_no_attempt(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    (delivery,) = due(endpoint)
    before = sealing.kek_current()
    sealing.kek_install(KeyEncryptionKey(b"z" * 32))
    try:
        assert deliveries_send() == 0
    finally:
        sealing.kek_install(before)
    delivery.refresh_from_db()
    assert (delivery.attempts, len(receiver.received)) == (0, 0)
    assert deliveries_send() == 1


def test_secrets_move_to_another_kek(endpoint: WebhookEndpoint, secret: str, receiver: Receiver) -> None:
    changed = webhook_secret_rotate(endpoint=endpoint, has_leaked=False, actor=SYSTEM)
    before, after = sealing.kek_current(), KeyEncryptionKey(b"z" * 32)
    sealing.kek_install(after, [before])
    try:
        call_command("rewrap_keys")
        sealing.kek_install(after)
        due(endpoint)
        assert deliveries_send() == 1
    finally:
        sealing.kek_install(before)
    assert receiver.received[0].is_signed_with(changed)
    assert receiver.received[0].is_signed_with(secret)
