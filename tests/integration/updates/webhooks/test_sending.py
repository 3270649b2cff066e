"""Messages reach a receiver, signed; what isn't taken comes again; and nothing else is ever reached."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import Letter, User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.sealing import KeyEncryptionKey
from tests.support.at_once import at_once
from tests.support.issuer import dripping, endless
from tests.support.receiver import Receiver
from tests.support.shipping import recorded, released
from updates.backends.webhook_http import webhook_post
from updates.backends.webhook_turn import webhook_turn
from updates.domain.webhooks.retries import WAITS
from updates.models import App, Channel, WebhookDelivery, WebhookEndpoint
from updates.services.webhooks import (
    deliveries_forget,
    deliveries_replay,
    deliveries_send,
    delivery_replay,
    sending,
    webhook_add,
    webhook_change,
    webhook_messages_make,
    webhook_remove,
    webhook_secret_rotate,
    webhook_switch,
    webhook_test,
)

BEGIN = datetime.fromisoformat("2026-11-30T12:00:00+00:00")


def due(endpoint: WebhookEndpoint, times: int = 1) -> list[WebhookDelivery]:
    """Messages that are due."""
    return [webhook_test(endpoint=endpoint, actor=SYSTEM) for _ in range(times)]


def state(delivery: WebhookDelivery) -> str:
    delivery.refresh_from_db()
    if delivery.due_at:
        return "waiting"
    return "delivered" if delivery.delivered_at else "given up"


def test_a_published_release_reaches_the_receiver_signed_with_its_secret(
    production: Channel, endpoint: WebhookEndpoint, secret: str, receiver: Receiver
) -> None:
    released(production, "1.4.0", 1000)
    webhook_messages_make()
    assert deliveries_send() > 0
    (got,) = [each for each in receiver.received if each.message["type"] == "release.published"]
    assert got.is_signed_with(secret)
    assert got.path == "/hook"
    assert got.headers["content-type"] == "application/json"
    assert abs(int(got.headers["webhook-timestamp"]) - clock.epoch_seconds()) < 60
    assert (got.message["data"]["version"], got.message["data"]["rollout_bps"]) == ("1.4.0", 1000)
    assert got.headers.keys() == {
        *("host", "content-type", "content-length", "user-agent"),
        *("webhook-id", "webhook-timestamp", "webhook-signature"),
    }


def test_a_forged_or_altered_message_isnt_taken_for_ours(
    endpoint: WebhookEndpoint, secret: str, receiver: Receiver, app: App
) -> None:
    """What our own check of the tests is worth: every part of a message is under the signature."""
    _, other_secret = webhook_add(
        app=app, url=receiver.url + "2", description="", events=[], actor=SYSTEM, person=None
    )
    due(endpoint)
    deliveries_send()
    (got,) = receiver.received
    assert got.is_signed_with(secret)
    assert not got.is_signed_with(other_secret)
    later = str(int(got.headers["webhook-timestamp"]) + 1)
    for changed in (
        replace(got, body=got.body + b" "),
        replace(got, headers=got.headers | {"webhook-id": "msg_other"}),
        replace(got, headers=got.headers | {"webhook-timestamp": later}),
    ):
        assert not changed.is_signed_with(secret)


def test_a_repetition_has_the_same_id_and_a_time_of_its_own(
    endpoint: WebhookEndpoint, secret: str, receiver: Receiver
) -> None:
    receiver.status = 500
    with time_machine.travel(BEGIN, tick=False) as traveller:
        (delivery,) = due(endpoint)
        assert deliveries_send() == 0
        assert deliveries_send() == 0  # it isn't due
        traveller.shift(WAITS[0] * 1.2)
        receiver.status = 200
        assert deliveries_send() == 1
    first, second = receiver.received
    assert first.id == second.id
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 6
    assert second.is_signed_with(secret)
    assert state(delivery) == "delivered"
    assert [entry["status"] for entry in delivery.log] == [500, 200]


def test_after_the_last_wait_a_message_is_given_up(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.status = 500
    with time_machine.travel(BEGIN, tick=False) as traveller:
        (delivery,) = due(endpoint)
        for wait in (*WAITS, timedelta(0)):
            assert state(delivery) == "waiting"
            deliveries_send()
            traveller.shift(wait * 1.2)
    assert state(delivery) == "given up"
    assert len(receiver.received) == len(WAITS) + 1
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None  # three days aren't five


def test_a_receiver_that_asks_for_time_gets_it(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.status, receiver.answers = 429, {"Retry-After": "3600"}
    with time_machine.travel(BEGIN, tick=False):
        (delivery,) = due(endpoint)
        deliveries_send()
        delivery.refresh_from_db()
        assert delivery.due_at == clock.now() + timedelta(hours=1)


def test_one_that_fails_is_sent_one_message_until_it_takes_it(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    due(endpoint, 3)
    receiver.status = 503
    deliveries_send()
    assert len(receiver.received) == 3
    due(endpoint, 3)
    receiver.status = 200
    deliveries_send()
    assert len(receiver.received) == 4
    deliveries_send()
    assert len(receiver.received) == 6


def redirecting(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("Location", "/elsewhere")
    handler.end_headers()


MISBEHAVIOURS = [
    pytest.param(redirecting, "It answered with a redirect, which isn't followed.", id="redirects"),
    pytest.param(lambda handler: handler.wfile.write(b"SSH-2.0\r\n"), "RemoteProtocolError", id="isn't HTTP"),
    pytest.param(
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000),
        "RemoteProtocolError",
        id="has no end of headers",
    ),
    pytest.param(lambda _: None, "RemoteProtocolError", id="hangs up"),
]


@pytest.mark.parametrize(("misbehave", "error"), MISBEHAVIOURS)
def test_what_isnt_an_answer_is_a_failure_like_any_other(
    receiver: Receiver, endpoint: WebhookEndpoint, misbehave: Any, error: str
) -> None:
    receiver.misbehaviour = misbehave
    (delivery,) = due(endpoint)
    assert deliveries_send() == 0
    delivery.refresh_from_db()
    assert delivery.last_error.startswith(error)
    assert [each.path for each in receiver.received] == ["/hook"]


def test_one_that_says_nothing_is_waited_for_seconds_only(
    receiver: Receiver, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = Event()

    def say_nothing(_: BaseHTTPRequestHandler) -> None:
        ended.wait(60)

    receiver.misbehaviour = say_nothing
    monkeypatch.setattr(sending, "webhook_post", partial(webhook_post, seconds=0.2))
    (delivery,) = due(endpoint)
    assert deliveries_send() == 0
    ended.set()
    delivery.refresh_from_db()
    assert delivery.last_error == "No answer within 0.2 seconds."


@pytest.mark.parametrize(
    "misbehave", [pytest.param(endless, id="endless"), pytest.param(dripping, id="slow")]
)
def test_a_body_is_never_read(receiver: Receiver, endpoint: WebhookEndpoint, misbehave: Any) -> None:
    receiver.misbehaviour = misbehave
    (delivery,) = due(endpoint)
    assert deliveries_send() == 1
    assert state(delivery) == "delivered"


@pytest.mark.parametrize("address", ["10.0.0.7", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_a_name_that_leads_inside_at_the_moment_of_sending_isnt_reached(
    endpoint: WebhookEndpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Whatever it led to when it was added (DNS rebinding): what is looked at is what is connected to."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=f"https://rebound.example:{receiver.port}/")
    found = [(0, 0, 6, "", (one, receiver.port)) for one in ("140.82.112.3", address)]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    (delivery,) = due(endpoint)
    assert deliveries_send() == 0
    delivery.refresh_from_db()
    assert "rebound.example has an address that isn't public" in delivery.last_error
    assert not receiver.received


def test_a_host_that_is_no_longer_listed_isnt_reached(
    endpoint: WebhookEndpoint, receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = []
    (delivery,) = due(endpoint)
    assert deliveries_send() == 0
    delivery.refresh_from_db()
    assert "not https" in delivery.last_error
    assert not receiver.received


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


def test_a_message_is_sent_again_by_hand_under_its_id(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    (delivery,) = due(endpoint)
    deliveries_send()
    delivery.refresh_from_db()
    delivery_replay(delivery=delivery, actor=SYSTEM)
    deliveries_send()
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    assert [event.detail.get("message") for event in recorded(Action.WEBHOOK_REPLAYED)] == [None, first.id]


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


def test_what_waits_goes_to_the_new_address(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    due(endpoint)
    webhook_change(endpoint=endpoint, url=f"{receiver.url}/new", description="", events=[], actor=SYSTEM)
    deliveries_send()
    assert [each.path for each in receiver.received] == ["/hook/new"]


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


def test_messages_that_are_over_for_a_month_are_dropped(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    (over, waiting) = due(endpoint, 2)
    WebhookDelivery.objects.update(created_at=clock.now() - timedelta(days=31))
    WebhookDelivery.objects.filter(pk=over.pk).update(due_at=None, given_up_at=clock.now())
    assert deliveries_forget() == 1
    assert list(WebhookDelivery.objects.all()) == [waiting]


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
