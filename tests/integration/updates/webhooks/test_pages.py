"""Webhooks from their pages: added, changed, tried, turned off and on, removed; a secret is shown once."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.people import signed_in
from tests.support.receiver import Receiver
from tests.support.shipping import APP_ID, recorded
from updates.models import App, WebhookDelivery, WebhookEndpoint
from updates.services.webhooks import deliveries_send, endpoints, webhook_add, webhook_test

LIST = f"/console/apps/{APP_ID}/webhooks/"
ELSEWHERE = "https://hooks.example.com/T0/very-secret-path"


@pytest.fixture
def browser(rita: User, app: App) -> Client:
    return signed_in(rita)


def read(browser: Client, address: str) -> str:
    return unescape(browser.get(address).content.decode())


def secret_of(page: bytes) -> str:
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", unescape(page.decode()))
    return str(secret)


def test_an_empty_list_says_what_a_webhook_is_for(browser: Client) -> None:
    assert "Nobody is told yet" in read(browser, LIST)


def test_one_is_added_its_secret_shown_once_and_a_message_signed_with_it(
    browser: Client, receiver: Receiver
) -> None:
    shown = browser.post(f"{LIST}new/", {"url": receiver.url, "description": "Chat"})
    secret = secret_of(shown.content)
    assert "no-store" in shown["Cache-Control"]
    endpoint = WebhookEndpoint.objects.get()
    page = f"{LIST}{endpoint.pk}/"
    browser.post(f"{page}test/")
    assert "on its way" in read(browser, page)
    deliveries_send()
    assert receiver.received[0].is_signed_with(secret)
    assert "delivered" in read(browser, f"{page}deliveries/")
    for address in (LIST, page, f"{page}settings/", f"{page}secret/"):
        assert "whsec_" not in read(browser, address)
    assert secret.removeprefix("whsec_") not in endpoint.sealed_secret


def test_events_are_chosen_by_family(browser: Client) -> None:
    chosen = {"url": ELSEWHERE, "release": ["release.published"], "key": ["key.revoked", "key.failed"]}
    browser.post(f"{LIST}new/", chosen)
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.events == ["key.failed", "key.revoked", "release.published"]
    settings = read(browser, f"{LIST}{endpoint.pk}/settings/")
    assert len(re.findall(r"<input[^>]* checked", settings)) == 3


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("http://hooks.example.com/", "not https", id="plain"),
        pytest.param("http://127.0.0.1/", "not https", id="this machine"),
        pytest.param("https://rita:pw@hooks.example.com/", "a name, a password", id="credentials"),
        pytest.param("https://hooks.example.com@evil.example/", "a name, a password", id="a look-alike"),
        pytest.param("https://hooks.example.com/#x", "a fragment", id="a fragment"),
        pytest.param("https://hooks.example.com:25/", "port 25", id="mail's port"),
        pytest.param("https://hooks.example.com:0/", "not a URL", id="no port at all"),
        pytest.param("https://hooks.example.com:99999/", "not a URL", id="too high a port"),
        pytest.param("https://hooks.exämple.com/", "not a URL", id="letters that look like others"),
        pytest.param("file:///etc/passwd", "not a URL", id="a file"),
        pytest.param("gopher://hooks.example.com/", "not https", id="another scheme"),
    ],
)
def test_an_address_that_is_never_posted_to_is_refused(browser: Client, url: str, said: str) -> None:
    assert said in unescape(browser.post(f"{LIST}new/", {"url": url}).content.decode())
    assert not WebhookEndpoint.objects.exists()


def test_two_at_one_address_and_too_many_are_refused(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MOST", 2)
    browser.post(f"{LIST}new/", {"url": ELSEWHERE})
    assert b"already" in browser.post(f"{LIST}new/", {"url": ELSEWHERE}).content
    browser.post(f"{LIST}new/", {"url": f"{ELSEWHERE}2"})
    assert b"at most 2" in browser.post(f"{LIST}new/", {"url": f"{ELSEWHERE}3"}).content
    assert WebhookEndpoint.objects.count() == 2


def test_the_log_has_the_host_and_never_the_path_of_an_address(browser: Client) -> None:
    browser.post(f"{LIST}new/", {"url": ELSEWHERE})
    page = f"{LIST}{WebhookEndpoint.objects.get().pk}/"
    browser.post(f"{page}settings/", {"url": f"{ELSEWHERE}2"})
    browser.post(f"{page}secret/")
    browser.post(f"{page}switch/")
    browser.post(f"{page}remove/")
    events = [
        *recorded(Action.WEBHOOK_ADDED),
        *recorded(Action.WEBHOOK_CHANGED),
        *recorded(Action.WEBHOOK_REMOVED),
    ]
    assert len(events) == 5
    for event in events:
        assert event.detail["host"] == "hooks.example.com"
        assert "very-secret" not in str(event.detail)


def test_a_new_secret_is_shown_once_and_the_earlier_ones_end_is_told(
    browser: Client, endpoint: WebhookEndpoint, secret: str
) -> None:
    page = f"{LIST}{endpoint.pk}/"
    assert secret_of(browser.post(f"{page}secret/").content) != secret
    assert "signs as well until" in read(browser, page)
    browser.post(f"{page}secret/", {"has_leaked": "on"})
    assert "signs as well until" not in read(browser, page)


def test_one_is_turned_off_and_on(browser: Client, endpoint: WebhookEndpoint) -> None:
    page = f"{LIST}{endpoint.pk}/"
    browser.post(f"{page}switch/")
    assert "Turn on" in read(browser, page)
    assert "is off" in unescape(browser.post(f"{page}test/", follow=True).content.decode())
    browser.post(f"{page}switch/", {"on": "on"})
    assert "Send a test message" in read(browser, page)


def test_what_failed_is_seen_and_sent_again(
    browser: Client, endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    delivery = webhook_test(endpoint=endpoint, actor=SYSTEM)
    receiver.status = 410
    deliveries_send()
    page, one = f"{LIST}{endpoint.pk}/", f"{LIST}{endpoint.pk}/deliveries/{delivery.pk}/"
    assert "It answered with status 410." in read(browser, one)
    assert delivery.body in read(browser, one)
    browser.post(f"{page}switch/", {"on": "on"})
    assert "Send 1 again that was given up" in read(browser, page)
    receiver.status = 200
    browser.post(f"{page}deliveries/replay/")
    assert deliveries_send() == 1
    browser.post(f"{one}replay/")
    assert "still on its way" in unescape(browser.post(f"{one}replay/", follow=True).content.decode())
    assert deliveries_send() == 1


def test_what_is_removed_takes_its_messages_with_it(browser: Client, endpoint: WebhookEndpoint) -> None:
    webhook_test(endpoint=endpoint, actor=SYSTEM)
    page = f"{LIST}{endpoint.pk}/"
    assert "arrived yet and never will" in read(browser, f"{page}remove/")
    browser.post(f"{page}remove/")
    assert not WebhookDelivery.objects.exists()
    assert browser.get(page).status_code == 404


def test_a_message_is_found_below_its_own_webhook_only(
    browser: Client, endpoint: WebhookEndpoint, app: App
) -> None:
    other, _ = webhook_add(app=app, url=ELSEWHERE, description="", events=[], actor=SYSTEM, person=None)
    delivery = webhook_test(endpoint=other, actor=SYSTEM)
    for address in ("", "replay/"):
        found = browser.post(f"{LIST}{endpoint.pk}/deliveries/{delivery.pk}/{address}")
        assert found.status_code == 404
