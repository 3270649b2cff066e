"""Webhooks from CI: with a token, and with secrets that no answer is kept of."""

import json
from collections.abc import Callable, Iterator

import pytest
import redis
from pytest_django import Settings

from accounts.domain.roles import Permission
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.receiver import Receiver, receiver_started
from tests.support.shipping import app_made
from updates.models import IdempotencyRecord, WebhookEndpoint
from updates.services.webhooks import deliveries_send

HOOKS = f"{ROOT}/webhooks"


@pytest.fixture
def receiver(settings: Settings, redis_client: redis.Redis) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiver_started() as running:
        yield running


def test_one_is_added_tried_and_read(api: API, receiver: Receiver) -> None:
    made = api.post(HOOKS, {"url": receiver.url, "events": ["guard.tripped"]}, key="once")
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    one = f"{HOOKS}/{made.json()['id']}"
    assert api.post(f"{one}/test").status_code == 202
    deliveries_send()
    assert receiver.received[0].is_signed_with(made.json()["secret"])
    (delivery,) = api.get(f"{one}/deliveries").json()["results"]
    assert (delivery["event"], delivery["last_status"]) == ("webhook.test", 204)
    assert "body" not in delivery
    for answer in (api.get(HOOKS), api.get(one), api.get(f"{one}/deliveries")):
        assert made.json()["secret"] not in answer.content.decode()
    assert not IdempotencyRecord.objects.exists()  # it would keep the secret
    assert api.post(f"{one}/deliveries/{delivery['id']}/replay").status_code == 202
    assert api.post(f"{one}/deliveries/{delivery['id']}/replay").json()["code"] == "conflict"


def test_one_is_changed_in_part_switched_and_removed(api: API, receiver: Receiver) -> None:
    made = api.post(HOOKS, {"url": receiver.url, "description": "Chat"}).json()
    one = f"{HOOKS}/{made['id']}"
    changed = api.patch(one, {"events": ["key.revoked"]}).json()
    assert (changed["url"], changed["description"]) == (receiver.url, "Chat")
    assert changed["events"] == ["key.revoked"]
    assert api.post(f"{one}/switch", {"on": False}).json()["on"] is False
    assert api.post(f"{one}/test").json()["code"] == "conflict"
    assert api.post(f"{one}/secret", {"has_leaked": True}).json()["secret"] != made["secret"]
    assert api.client.delete(one).status_code == 204
    assert api.get(one).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"url": "https://10.0.0.1:22/"}, id="a port of something else"),
        pytest.param({"url": "http://hooks.example.com"}, id="not https"),
        pytest.param({"url": "https://hooks.example.com", "events": ["key.*"]}, id="no such event"),
        pytest.param({"url": "https://hooks.example.com/" + "a" * 500}, id="too long"),
        pytest.param({}, id="nothing"),
    ],
)
def test_what_isnt_acceptable_is_refused(api: API, body: dict[str, object]) -> None:
    assert api.post(HOOKS, body).json()["code"] == "invalid_value"
    assert not WebhookEndpoint.objects.exists()


def test_another_permission_or_another_apps_token_doesnt_reach_them(
    api: API, api_with: Callable[..., API]
) -> None:
    made = api.post(HOOKS, {"url": "https://hooks.example.com/"}).json()
    publisher = api_with(Permission.RELEASE_PUBLISH, Permission.APP_VIEW)
    assert publisher.get(HOOKS).status_code == 403
    app_made("com.example.other")
    stranger = api_with(Permission.CHANNEL_MANAGE, app_id="com.example.other")
    answers = [
        stranger.get(f"{HOOKS}/{made['id']}"),
        stranger.get(f"/api/v1/apps/com.example.other/webhooks/{made['id']}"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert json.loads(answers[1].content)["code"] == "not_found"
