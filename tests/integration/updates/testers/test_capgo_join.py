"""An unmodified Capgo plugin joins by `setChannel` with the code, through the real gateway."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import redis
from django.conf import LazySettings

from releaseconsole.kernel import clock
from signing.services import console_keys_ensure
from tests.simulator.capgo import CapgoDevice
from tests.support.beta import beta_made, group_made, newly_joined
from tests.support.shipping import released
from updates.gateway import sightings
from updates.gateway.router import gateway_application
from updates.gateway.serving import serving
from updates.gateway.snapshot import EMPTY, snapshot_build
from updates.models import Channel, ChannelMember, Tester, TesterDevice
from updates.services.testers import join_code_make, tester_device_leave

URL = "/device/capgo/channel_self"


@pytest.fixture
def tess(db: None, redis_client: redis.Redis) -> Tester:
    console_keys_ensure(now=clock.now())
    beta = beta_made()
    released(Channel.objects.get(name="production"), "1.0.0")
    released(beta, "2.0.0")
    return newly_joined(group_made(beta))


@pytest.fixture
def phone(tess: Tester, monkeypatch: pytest.MonkeyPatch) -> Iterator[CapgoDevice]:
    # The test's own transaction is on this connection.
    monkeypatch.setattr("updates.gateway.capgo_channels.close_old_connections", lambda: None)
    transport = httpx.WSGITransport(app=gateway_application(_django))
    with httpx.Client(transport=transport, base_url="http://console.test") as client:
        refresh()
        yield CapgoDevice(client, tess.app_id)
    serving.snapshot = EMPTY
    sightings._buffer.flush()


def _django(environ: dict[str, Any], _start_response: Callable[..., Any]) -> list[bytes]:
    raise AssertionError(f"Django was asked for {environ['PATH_INFO']}")


def refresh() -> None:
    serving.snapshot = snapshot_build(serving.snapshot)


def runs(phone: CapgoDevice) -> str:
    """What the phone is told to run."""
    phone.version = phone.told()
    return phone.version


def sets(phone: CapgoDevice, channel: str, plugin_version: str = "8.51.23") -> httpx.Response:
    body = phone.info() | {"channel": channel, "plugin_version": plugin_version}
    return phone.http.post(URL, json=body)


def test_a_new_plugin_is_told_to_forget_the_code(phone: CapgoDevice, tess: Tester) -> None:
    assert runs(phone) == "1.0.0"
    answer = sets(phone, join_code_make(tester=tess).lower())
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "allowSet": False, "unset": True})
    refresh()
    assert runs(phone) == "2.0.0"


def test_an_old_plugin_that_keeps_sending_the_code_gets_its_membership(
    phone: CapgoDevice, tess: Tester
) -> None:
    code = join_code_make(tester=tess)
    assert sets(phone, code, "8.43.10").json() == {"status": "ok", "allowSet": False}
    phone.channel = code  # it keeps what it asked for
    refresh()
    assert runs(phone) == "2.0.0"
    assert sets(phone, code, "8.43.10").status_code == 200
    tester_device_leave(tester=tess, device_pk=TesterDevice.objects.get().pk)
    refresh()
    assert runs(phone) == "1.0.0"  # without reinstalling, though it still sends the code
    assert sets(phone, code, "8.43.10").json()["error"] == "join_code_refused"


def test_a_wrong_code_is_refused_with_400(phone: CapgoDevice) -> None:
    answer = sets(phone, "ABCDE-FGHJK")
    assert (answer.status_code, answer.json()["error"]) == (400, "join_code_refused")
    assert "kind" not in answer.json()


def test_what_cannot_be_a_code_is_a_channel(phone: CapgoDevice) -> None:
    assert sets(phone, "nowhere").json()["error"] == "channel_not_found"


def test_too_many_tries_are_no_429(phone: CapgoDevice, tess: Tester, settings: LazySettings) -> None:
    settings.BETA_ATTEMPTS_PER_MINUTE = 1
    sets(phone, "ABCDE-FGHJK")
    answer = sets(phone, join_code_make(tester=tess))
    assert (answer.status_code, answer.json()["error"]) == (400, "join_code_refused")
    assert not ChannelMember.objects.exists()


def test_a_channel_with_the_name_of_a_code_is_a_channel(phone: CapgoDevice, tess: Tester) -> None:
    Channel.objects.create(app=tess.app, name="abcdefghjk", self_assignable=True, platforms=["android"])
    refresh()
    assert sets(phone, "abcdefghjk").json() == {"status": "ok", "allowSet": True}
