"""`POST /device/v1/enroll`: what a device sends, what it hears, and how often it may try."""

from typing import Any

import pytest
import redis
from django.conf import LazySettings
from django.test import Client

from tests.support.beta import PHONE, beta_made, group_made, newly_joined
from updates.models import ChannelMember, Tester
from updates.services.testers import join_code_make

URL = "/device/v1/enroll"


@pytest.fixture
def tess(db: None, redis_client: redis.Redis) -> Tester:
    return newly_joined(group_made(beta_made()))


def enrols(typed: str, **changed: Any) -> Any:
    body = {"app_id": "com.example.clinic", "device_id": PHONE, "platform": "ios", "code": typed}
    return Client().post(URL, body | changed, content_type="application/json")


def test_a_device_joins(tess: Tester) -> None:
    answer = enrols(join_code_make(tester=tess))
    assert (answer.status_code, answer.json()) == (200, {"channel": "beta"})
    assert answer["Cache-Control"] == "no-store"
    assert ChannelMember.objects.get().device_id == PHONE


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        pytest.param({"code": "ABCDE-FGHJK"}, 403, "join_code_refused", id="unknown code"),
        pytest.param({"app_id": "com.example.other"}, 403, "join_code_refused", id="another app"),
        pytest.param({"device_id": "no/id"}, 422, "invalid_value", id="no device"),
        pytest.param({"platform": "electron"}, 409, "platform_not_offered", id="another platform"),
        pytest.param({"code": ["x"]}, 422, "invalid_value", id="another shape"),
        pytest.param({"code": None}, 422, "invalid_value", id="no code"),
    ],
)
def test_what_is_refused(tess: Tester, changed: dict[str, Any], status: int, code: str) -> None:
    answer = enrols(join_code_make(tester=tess), **changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not ChannelMember.objects.exists()


def test_tries_are_counted_by_network(tess: Tester, settings: LazySettings) -> None:
    settings.BETA_ATTEMPTS_PER_MINUTE = 2
    assert [enrols("ABCDE-FGHJK").status_code for _ in range(3)] == [403, 403, 429]
    answer = enrols(join_code_make(tester=tess))
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(answer["Retry-After"]) <= 60
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    body = {"app_id": "com.example.clinic", "device_id": PHONE, "platform": "ios", "code": "ABCDE-FGHJK"}
    assert elsewhere.post(URL, body, content_type="application/json").status_code == 403


def test_without_redis_nobody_joins(tess: Tester, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr("redis.client.Pipeline.execute", away)
    answer = enrols(join_code_make(tester=tess))
    assert (answer.status_code, answer.json()["code"]) == (503, "attempts_uncounted")


def test_no_address_is_kept_in_redis(tess: Tester, redis_client: redis.Redis) -> None:
    enrols("ABCDE-FGHJK")
    assert not any(b"127.0.0.1" in key for key in redis_client.keys("*"))
    assert all(0 < redis_client.ttl(key) <= 60 for key in redis_client.keys("rc:attempts:*"))
