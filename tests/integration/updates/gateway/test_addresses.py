"""Whence a device speaks is nowhere kept: not in Redis, not in the database, not in a log."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import redis
from django.test import Client
from pytest_django import Settings

from tests.integration.updates.gateway.conftest import APP_ID, _django
from tests.integration.updates.gateway.test_custom_ids import Refresh, told_everywhere
from tests.integration.updates.gateway.test_v1_check import DEVICE_ID
from tests.simulator.capgo import CapgoDevice
from tests.support.stored import in_database, in_redis
from updates.gateway import capgo_channels, sightings
from updates.gateway.router import gateway_application
from updates.models import Channel, Device
from updates.services.telemetry import telemetry_drain

PROXY, PHONE = "198.51.100.7", "203.0.113.77"
# Its network would still lead to a household.
TRACES = (PHONE, PHONE.rpartition(".")[0], PROXY)
FROM: dict[str, Any] = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": PHONE}
WRONG_CODE = "ABCDE-FGHJK"


@pytest.fixture
def remote(devices: httpx.Client) -> httpx.Client:
    """A client of the gateway whose address is known."""
    transport = httpx.WSGITransport(app=gateway_application(_django), remote_addr=PROXY)
    headers = {"X-Forwarded-For": PHONE}
    return httpx.Client(transport=transport, base_url="http://console.test", headers=headers)


def test_no_intake_keeps_or_logs_an_address(
    redis_client: redis.Redis,
    remote: httpx.Client,
    client: Client,
    production: Channel,
    refresh: Refresh,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sightings._buffer.flush()
    redis_client.flushdb()
    settings.TRUSTED_PROXIES = 1
    monkeypatch.setattr(capgo_channels, "close_old_connections", lambda: None)
    caplog.set_level("DEBUG")
    refresh()
    phone = CapgoDevice(remote, APP_ID, native_version="1.2.0")
    told_everywhere(remote, phone)
    remote.post("/device/capgo/channel_self", json=phone.info() | {"channel": WRONG_CODE})
    remote.post("/device/v1/events", json={"events": "none"})
    code = {"app_id": APP_ID, "device_id": DEVICE_ID, "platform": "ios", "code": WRONG_CODE}
    client.post("/device/v1/enroll", code, "application/json", **FROM)
    client.post("/device/v1/keys", {"app_id": APP_ID, "device_id": DEVICE_ID}, "application/json", **FROM)
    assert redis_client.keys("rc:registrations:*")
    assert len(redis_client.keys("rc:attempts:*")) == 1
    before = in_redis(redis_client)
    telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)
    assert Device.objects.count() == 2
    for kept in (before, in_redis(redis_client), in_database(), caplog.text):
        assert not [trace for trace in TRACES if trace in kept]
