from collections.abc import Callable
from typing import Any

import httpx
import pytest

from compliance.ledger.domain.events import SYSTEM
from tests.integration.updates.gateway.conftest import APP_ID
from tests.simulator.capgo import CapgoDevice
from updates.models import App, Channel, ChannelMember
from updates.services import channel_create

URL = "/device/capgo/channel_self"


@pytest.fixture
def phone(devices: httpx.Client) -> CapgoDevice:
    return CapgoDevice(devices, APP_ID)


@pytest.fixture
def channels(app: App, production: Channel, refresh: Callable[[], None]) -> dict[str, Channel]:
    """Production is public, staging self-assignable, beta for members, and ios-only isn't for Android."""
    made = {
        "beta": channel_create(
            app=app, name="beta", public=False, self_assignable=False, platforms=["android"], actor=SYSTEM
        ),
        "staging": channel_create(
            app=app, name="staging", public=False, self_assignable=True, platforms=["android"], actor=SYSTEM
        ),
        "ios-only": channel_create(
            app=app, name="ios-only", public=False, self_assignable=True, platforms=["ios"], actor=SYSTEM
        ),
    }
    refresh()
    return {"production": production, **made}


def ask(phone: CapgoDevice, method: str, **changes: Any) -> httpx.Response:
    return phone.http.request(method, URL, json=phone.info() | changes)


def spelt(info: dict[str, Any]) -> dict[str, str]:
    """Everything as text, as a query string has it."""
    return {name: str(value).lower() for name, value in info.items()}


def test_the_list_has_what_a_stranger_may_choose(phone: CapgoDevice, channels: dict[str, Channel]) -> None:
    answer = phone.http.get(URL, params=spelt(phone.info()))
    assert answer.status_code == 200
    assert answer.json() == [
        {"id": channels["production"].pk, "name": "production", "public": True, "allow_self_set": False},
        {"id": channels["staging"].pk, "name": "staging", "public": False, "allow_self_set": True},
    ]
    assert all(type(channel["id"]) is int for channel in answer.json())


@pytest.mark.parametrize(
    ("name", "status", "answer"),
    [
        pytest.param("staging", 200, {"status": "ok", "allowSet": True}, id="self-assignable"),
        pytest.param("production", 200, {"status": "ok", "allowSet": False}, id="public"),
        pytest.param("beta", 400, "channel_self_set_not_allowed", id="members only"),
        pytest.param("ios-only", 400, "channel_not_found", id="of another platform"),
        pytest.param("nowhere", 400, "channel_not_found", id="unknown"),
        pytest.param("", 400, "missing_channel", id="empty"),
        pytest.param(None, 400, "missing_channel", id="null"),
    ],
)
def test_setting_a_channel(
    phone: CapgoDevice, channels: dict[str, Channel], name: str | None, status: int, answer: Any
) -> None:
    response = ask(phone, "POST", channel=name)
    assert response.status_code == status
    assert (response.json() if status == 200 else response.json()["error"]) == answer
    assert status == 200 or response.json()["message"]


def test_getting_the_channel_names_the_public_one_as_default(
    phone: CapgoDevice, channels: dict[str, Channel]
) -> None:
    assert ask(phone, "PUT").json() == {"channel": "production", "status": "default", "allowSet": False}


def test_getting_the_channel_keeps_a_choice_that_is_allowed(
    phone: CapgoDevice, channels: dict[str, Channel]
) -> None:
    assert ask(phone, "PUT", defaultChannel="staging").json()["channel"] == "staging"
    assert ask(phone, "PUT", defaultChannel="beta").json()["channel"] == "production"


def test_getting_the_channel_of_a_member_is_an_override(
    phone: CapgoDevice, channels: dict[str, Channel], refresh: Callable[[], None]
) -> None:
    ChannelMember.objects.create(channel=channels["beta"], app_id=APP_ID, device_id=phone.device_id)
    refresh()
    assert ask(phone, "PUT").json() == {"channel": "beta", "status": "override", "allowSet": False}
    assert ask(phone, "POST", channel="beta").status_code == 200


def test_a_phone_without_channel_falls_back_to_its_own_default(
    phone: CapgoDevice, app: App, refresh: Callable[[], None]
) -> None:
    refresh()
    answer = ask(phone, "PUT")
    assert (answer.status_code, answer.json()["error"]) == (400, "channel_not_found")


def test_older_plugins_unset_with_a_body_or_a_query(phone: CapgoDevice, channels: dict[str, Channel]) -> None:
    assert ask(phone, "DELETE").json() == {"status": "ok"}
    assert phone.http.delete(URL, params=spelt(phone.info())).json() == {"status": "ok"}


def test_electron_speaks_its_own_dialect(phone: CapgoDevice, app: App, refresh: Callable[[], None]) -> None:
    App.objects.update(platforms=["electron"])
    Channel.objects.create(app=app, name="desktop", public=True, platforms=["electron"])
    refresh()
    info = spelt(phone.info() | {"platform": "electron", "version_name": ""})
    listed = phone.http.get(URL, params=info | {"action": "list"}).json()
    assert [channel["name"] for channel in listed["channels"]] == ["desktop"]
    assert phone.http.get(URL, params=info).json()["channel"] == "desktop"
    assert ask(phone, "POST", platform="electron", action="set", channel="desktop").json()["status"] == "ok"
    assert ask(phone, "POST", platform="electron", action="unset").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("method", "changes", "status", "code"),
    [
        pytest.param("PATCH", {}, 405, "method_not_allowed", id="method"),
        pytest.param("PUT", {"app_id": "com.example.other"}, 400, "app_not_found", id="unknown app"),
        pytest.param("PUT", {"device_id": ""}, 400, "missing_info", id="no device"),
        pytest.param("POST", {"channel": ["beta"]}, 400, "bad_request", id="channel as list"),
    ],
)
def test_a_call_that_cannot_be_answered(
    phone: CapgoDevice,
    channels: dict[str, Channel],
    method: str,
    changes: dict[str, Any],
    status: int,
    code: str,
) -> None:
    response = ask(phone, method, **changes)
    assert (response.status_code, response.json()["error"]) == (status, code)
    assert "kind" not in response.json()


def test_a_query_without_end_is_refused(phone: CapgoDevice, db: None) -> None:
    assert phone.http.get(URL + "?" + "a=1&" * 1000).status_code == 400
