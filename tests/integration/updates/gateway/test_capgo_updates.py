from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releaseconsole.kernel import clock
from signing.models import SigningKey
from signing.services import release_token_verify
from tests.integration.updates.gateway.conftest import APP_ID
from tests.simulator.capgo import CapgoDevice
from updates.models import App, Channel, ChannelMember, Release

URL = "/device/capgo/updates"


@pytest.fixture
def phone(devices: httpx.Client) -> CapgoDevice:
    return CapgoDevice(devices, APP_ID, native_version="1.2.0")


def decision_in(answer: dict[str, Any], phone: CapgoDevice) -> str:
    claims = release_token_verify(
        answer["data"]["token"],
        app_id=APP_ID,
        device_id=phone.device_id.lower(),
        nonce=None,
        now=clock.now(),
    )
    return str(claims["decision"])


def test_an_offer_has_what_the_plugin_needs_and_nothing_that_stops_it(
    phone: CapgoDevice, production: Channel, publish: Callable[..., Release]
) -> None:
    publish(production, "1.4.0")
    answer = phone.check()
    assert answer.keys() == {"version", "url", "checksum", "session_key", "data"}
    assert (answer["version"], answer["checksum"], answer["session_key"]) == ("1.4.0", "a" * 64, "")
    assert answer["url"].endswith(f"/{'a' * 64}.zip")
    # iOS decodes with fixed types: one of another kind, and it takes nothing of the answer.
    assert all(isinstance(value, str) for value in [*answer["data"].values(), *list(answer.values())[:4]])
    assert decision_in(answer, phone) == "install"


def test_who_is_up_to_date_is_told_so_quietly_and_signed(
    phone: CapgoDevice, production: Channel, publish: Callable[..., Release]
) -> None:
    publish(production, "1.4.0")
    phone.version = "1.4.0"
    answer = phone.check()
    assert (answer["error"], answer["kind"]) == ("no_new_version_available", "up_to_date")
    assert answer["message"]
    assert decision_in(answer, phone) == "current"


def test_the_way_back_to_the_builtin_bundle_has_no_error(
    phone: CapgoDevice, production: Channel, refresh: Callable[[], None]
) -> None:
    Channel.objects.update(serves_builtin=True)
    refresh()
    phone.version = "1.4.0"
    answer = phone.check()
    assert answer.keys() == {"version", "data"}
    assert answer["version"] == "builtin"
    assert decision_in(answer, phone) == "builtin"
    phone.version = ""
    answer = phone.check()
    assert (answer["error"], answer["kind"]) == ("already_on_builtin", "up_to_date")
    assert decision_in(answer, phone) == "hold"


def test_a_plugin_without_that_way_holds_and_is_told_why(
    devices: httpx.Client, phone: CapgoDevice, production: Channel, refresh: Callable[[], None]
) -> None:
    Channel.objects.update(serves_builtin=True)
    refresh()
    phone.version = "1.4.0"
    told = devices.post("/device/capgo/updates", json=phone.info() | {"plugin_version": "6.1.5"}).json()
    assert (told["error"], told["kind"]) == ("revert_to_builtin_plugin_version_too_old", "blocked")
    assert decision_in(told, phone) == "hold"


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        pytest.param({"version_name": "1.2.0"}, "the built-in bundle", id="native version (newer plugins)"),
        pytest.param({"version_name": "builtin"}, "the built-in bundle", id="the word (older plugins)"),
        pytest.param({"version_name": ""}, "the built-in bundle", id="nothing (Electron)"),
        pytest.param({"version_name": None}, "the built-in bundle", id="null"),
        pytest.param({"version_name": "1.4.0"}, "a bundle", id="a bundle"),
    ],
)
def test_what_a_phone_runs(
    devices: httpx.Client,
    phone: CapgoDevice,
    production: Channel,
    refresh: Callable[[], None],
    changes: dict[str, Any],
    runs: str,
) -> None:
    Channel.objects.update(serves_builtin=True)
    refresh()
    answer = devices.post(URL, json=phone.info() | changes).json()
    assert (answer.get("error") == "already_on_builtin") == (runs == "the built-in bundle")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"app_id": "com.example.other"}, "app_not_found", id="unknown app"),
        pytest.param({"platform": "electron"}, "disabled_platform_electron", id="platform without channel"),
        pytest.param({"platform": 'x"y'}, "disabled_platform_other", id="platform that is none"),
        pytest.param(
            {"platform": "electron", "defaultChannel": "beta"},
            "cannot_update_via_private_channel",
            id="private channel",
        ),
    ],
)
def test_what_cannot_be_served_is_no_failure(
    devices: httpx.Client,
    phone: CapgoDevice,
    production: Channel,
    refresh: Callable[[], None],
    changes: dict[str, Any],
    code: str,
) -> None:
    refresh()
    response = devices.post(URL, json=phone.info() | changes)
    assert response.status_code == 200
    assert (response.json()["error"], response.json()["kind"]) == (code, "blocked")


def test_an_empty_channel_is_up_to_date(
    phone: CapgoDevice, production: Channel, refresh: Callable[[], None]
) -> None:
    refresh()
    answer = phone.check()
    assert (answer["error"], answer["kind"]) == ("no_new_version_available", "up_to_date")


def test_nothing_unsigned_is_served_when_the_key_is_gone(
    phone: CapgoDevice, production: Channel, publish: Callable[..., Release]
) -> None:
    SigningKey.objects.filter(app_id=APP_ID).delete()
    publish(production, "1.4.0")
    answer = phone.check()
    assert (answer["error"], answer["kind"]) == ("not_signable", "blocked")
    assert "url" not in answer


def test_an_id_in_capitals_is_the_same_device(
    phone: CapgoDevice, production: Channel, app: App, publish: Callable[..., Release]
) -> None:
    phone.device_id = phone.device_id.upper()
    beta = Channel.objects.create(app=app, name="beta", platforms=["android"])
    ChannelMember.objects.create(channel=beta, app=app, device_id=phone.device_id.lower())
    publish(beta, "2.0.0", sha256="b" * 64)
    answer = phone.check()
    assert answer["version"] == "2.0.0"
    assert decision_in(answer, phone) == "install"


@pytest.mark.parametrize(
    ("method", "body", "status", "code"),
    [
        pytest.param("GET", b"", 405, "method_not_allowed", id="method"),
        pytest.param("POST", b"{", 400, "bad_request", id="not JSON"),
        pytest.param("POST", b"[]", 400, "bad_request", id="not an object"),
        pytest.param("POST", b"{}", 400, "missing_info", id="nothing said"),
        pytest.param("POST", b" " * 65_537, 413, "body_too_large", id="too large"),
    ],
)
def test_a_request_that_is_none(
    devices: httpx.Client, method: str, body: bytes, status: int, code: str
) -> None:
    response = devices.request(method, URL, content=body)
    assert response.status_code == status
    assert (response.json()["error"], response.json()["kind"]) == (code, "failed")
    assert response.json()["message"]


def test_numbers_and_spelt_flags_are_tolerated(
    devices: httpx.Client, phone: CapgoDevice, production: Channel, publish: Callable[..., Release]
) -> None:
    publish(production, "1.4.0")
    odd = {"version_build": 1, "is_prod": "true", "is_emulator": 0, "custom_id": None, "key_id": "MIIB"}
    assert devices.post(URL, json=phone.info() | odd).json()["version"] == "1.4.0"


MEMBERS = [
    "app_id",
    "device_id",
    "platform",
    "version_build",
    "version_name",
    "defaultChannel",
    "is_prod",
    "custom_id",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.dictionaries(st.sampled_from(MEMBERS), ANYTHING))
def test_no_question_makes_it_fail(
    devices: httpx.Client,
    phone: CapgoDevice,
    production: Channel,
    refresh: Callable[[], None],
    changes: dict[str, Any],
) -> None:
    refresh()
    response = devices.post(URL, json=phone.info() | changes)
    assert response.status_code in {200, 400}
    assert {"error", "message", "kind"} <= response.json().keys()
