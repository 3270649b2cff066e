"""Messages reach a receiver, signed; what isn't taken comes again; and nothing else is ever reached."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.issuer import dripping, endless
from tests.support.receiver import Receiver
from tests.support.shipping import recorded, released
from tests.support.webhook_messages import due, state
from updates.backends.webhook_http import webhook_post
from updates.domain.webhooks.retries import WAITS
from updates.models import App, Channel, WebhookDelivery, WebhookEndpoint
from updates.services.webhooks import (
    deliveries_forget,
    deliveries_send,
    delivery_replay,
    sending,
    webhook_add,
    webhook_change,
    webhook_messages_make,
)

BEGIN = datetime.fromisoformat("2026-11-30T12:00:00+00:00")


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


def test_a_message_is_sent_again_by_hand_under_its_id(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    (delivery,) = due(endpoint)
    deliveries_send()
    delivery.refresh_from_db()
    delivery_replay(delivery=delivery, actor=SYSTEM)
    deliveries_send()
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    assert [event.detail.get("message") for event in recorded(Action.WEBHOOK_REPLAYED)] == [None, first.id]


def test_what_waits_goes_to_the_new_address(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    due(endpoint)
    webhook_change(endpoint=endpoint, url=f"{receiver.url}/new", description="", events=[], actor=SYSTEM)
    deliveries_send()
    assert [each.path for each in receiver.received] == ["/hook/new"]


def test_messages_that_are_over_for_a_month_are_dropped(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    (over, waiting) = due(endpoint, 2)
    WebhookDelivery.objects.update(created_at=clock.now() - timedelta(days=31))
    WebhookDelivery.objects.filter(pk=over.pk).update(due_at=None, given_up_at=clock.now())
    assert deliveries_forget() == 1
    assert list(WebhookDelivery.objects.all()) == [waiting]
