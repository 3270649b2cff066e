from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releaseconsole.kernel import clock
from signing.models import SigningKey
from signing.services import release_token_verify
from tests.integration.updates.gateway.conftest import APP_ID, MANIFEST_SHA256
from updates.models import App, Channel, Release

URL = "/device/v1/check"
DEVICE_ID = "0f6d1c2e-0000-4000-8000-000000000001"
NONCE = "n" * 22
QUESTION = {
    "app_id": APP_ID,
    "device_id": DEVICE_ID,
    "nonce": NONCE,
    "platform": "ios",
    "native_version": "1.2.0",
    "version": "",
}


def ask(devices: httpx.Client, **changes: Any) -> httpx.Response:
    return devices.post(URL, json=QUESTION | changes)


def claims_of(answer: httpx.Response, *, device_id: str = DEVICE_ID, nonce: str = NONCE) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return release_token_verify(
        answer.json()["token"], app_id=APP_ID, device_id=device_id, nonce=nonce, now=clock.now()
    )


def test_an_offer_says_everything_inside_the_token(
    devices: httpx.Client, production: Channel, publish: Callable[..., Release]
) -> None:
    release = publish(production, "1.4.0", native_min="1.0")
    answer = ask(devices)
    claims = claims_of(answer)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["decision"] == claims["decision"] == "install"
    assert answer.json()["url"].startswith("http://localhost:8000/device/v1/download/")
    assert claims["aud"] == APP_ID
    assert claims["exp"] - claims["iat"] == 900
    described = {name: claims.get(name) for name in ("release_id", "release_seq", "version", "channel")}
    assert described == {
        "release_id": release.pk,
        "release_seq": 1,
        "version": "1.4.0",
        "channel": "production",
    }
    assert (claims["bundle_sha256"], claims["bundle_size"]) == ("a" * 64, 1000)
    assert claims["manifest_sha256"] == MANIFEST_SHA256
    production.refresh_from_db(fields=["decision_seq"])
    assert claims["decision_seq"] == production.decision_seq
    assert claims["native_min"] == "1.0"
    assert "native_max" not in claims


def test_who_is_up_to_date_gets_a_signed_answer_without_url(
    devices: httpx.Client, production: Channel, publish: Callable[..., Release]
) -> None:
    publish(production, "1.4.0")
    answer = ask(devices, version="1.4.0")
    assert claims_of(answer)["decision"] == "current"
    assert "url" not in answer.json()


def test_the_way_back_to_the_builtin_bundle_is_signed(
    devices: httpx.Client, production: Channel, refresh: Callable[[], None]
) -> None:
    Channel.objects.update(serves_builtin=True)
    refresh()
    assert claims_of(ask(devices, version="1.4.0"))["decision"] == "builtin"
    assert claims_of(ask(devices))["decision"] == "hold"


def test_a_device_that_no_channel_serves_is_told_to_hold(
    devices: httpx.Client, app: App, refresh: Callable[[], None]
) -> None:
    refresh()
    claims = claims_of(ask(devices))
    assert (claims["decision"], claims["decision_seq"], claims["channel"]) == ("hold", 0, "")


def test_two_answers_never_share_a_jti(
    devices: httpx.Client, production: Channel, publish: Callable[..., Release]
) -> None:
    publish(production, "1.4.0")
    assert len({claims_of(ask(devices))["jti"] for _ in range(20)}) == 20


def test_an_unknown_app_is_a_problem_document(devices: httpx.Client, db: None) -> None:
    answer = ask(devices, app_id="com.example.other")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "app_not_found"


@pytest.mark.parametrize("lacks", ["app", "console"])
def test_nothing_unsigned_is_served_when_a_key_is_gone(
    devices: httpx.Client, production: Channel, publish: Callable[..., Release], lacks: str
) -> None:
    SigningKey.objects.filter(app_id=APP_ID if lacks == "app" else "").delete()
    publish(production, "1.4.0")
    answer = ask(devices)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_signable")
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"nonce": "short"}, id="short nonce"),
        pytest.param({"nonce": "n" * 129}, id="long nonce"),
        pytest.param({"nonce": "n" * 21 + "+"}, id="nonce in another alphabet"),
        pytest.param({"nonce": NONCE + "\n"}, id="nonce with a line end"),
        pytest.param({"device_id": ""}, id="no device"),
        pytest.param({"device_id": "A-CAPITAL"}, id="device in capitals"),
        pytest.param({"device_id": '"},{"'}, id="device with quotes"),
        pytest.param({"device_id": 7}, id="device as number"),
        pytest.param({"app_id": ["x"]}, id="app as list"),
        pytest.param({"is_emulator": "yes"}, id="flag as text"),
        pytest.param({"version": "1" * 65}, id="long version"),
    ],
)
def test_a_malformed_question_is_refused(devices: httpx.Client, changes: dict[str, Any], db: None) -> None:
    answer = ask(devices, **changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("method", "body", "status", "code"),
    [
        pytest.param("GET", b"", 405, "method_not_allowed", id="method"),
        pytest.param("POST", b"", 400, "bad_request", id="empty"),
        pytest.param("POST", b"[" * 60_000, 400, "bad_request", id="nested without end"),
        pytest.param("POST", b'{"x":' + b"[" * 60_000, 400, "bad_request", id="nested in an unknown member"),
        pytest.param("POST", b'{"app_id":"\xff"}', 400, "bad_request", id="not UTF-8"),
        pytest.param("POST", b" " * 65_537, 413, "body_too_large", id="too large"),
    ],
)
def test_a_request_that_is_none(
    devices: httpx.Client, method: str, body: bytes, status: int, code: str
) -> None:
    answer = devices.request(method, URL, content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_body_of_unknown_length_is_read_up_to_the_limit_only(devices: httpx.Client) -> None:
    assert devices.post(URL, content=(b" " * 40_000 for _ in range(2))).status_code == 413


def test_unknown_members_are_ignored(
    devices: httpx.Client, production: Channel, publish: Callable[..., Release]
) -> None:
    publish(production, "1.4.0")
    assert claims_of(ask(devices, invented={"deep": [1, None]}))["decision"] == "install"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.dictionaries(st.sampled_from([*QUESTION, "channel", "plugin_version"]), ANYTHING))
def test_no_question_makes_it_fail(
    devices: httpx.Client, app: App, refresh: Callable[[], None], changes: dict[str, Any]
) -> None:
    refresh()
    assert ask(devices, **changes).status_code in {200, 400, 404}
