"""Through the gateway: what a device took back isn't offered again, and what it's forced to it gets."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import redis
import time_machine

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.integration.updates.gateway.conftest import APP_ID
from tests.integration.updates.gateway.test_v1_check import ask, claims_of
from tests.integration.updates.telemetry.conftest import drain
from tests.support.shipping import BOTH
from updates.models import Channel, Release
from updates.services import channel_create
from updates.services.failures import device_failure_allow
from updates.services.overrides import override_end, override_set

PHONE = "8f0f2f4e-0000-4000-8000-000000000001"
TABLET = "8f0f2f4e-0000-4000-8000-000000000002"

Publish = Callable[..., Release]


@pytest.fixture
def settled(
    refresh: Callable[[], None], django_capture_on_commit_callbacks: Any
) -> Callable[[Callable[[], object]], None]:
    """Do something, and let all that follows its commit happen."""

    def settle(act: Callable[[], object]) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            act()
        refresh()

    return settle


def decided(devices: httpx.Client, device_id: str = PHONE) -> tuple[str, str]:
    """What a device is told to do, and with which version."""
    claims = claims_of(ask(devices, device_id=device_id), device_id=device_id)
    return claims["decision"], claims.get("version", "")


def report(devices: httpx.Client, action: str, version: str) -> None:
    told = {"app_id": APP_ID, "device_id": PHONE, "platform": "ios", "native_version": "1.0.0"}
    events = [{"action": action, "version": version, "at": int(clock.epoch_seconds() * 1000)}]
    assert devices.post("/device/v1/events", json={**told, "events": events}).status_code == 200


def test_what_a_device_took_back_it_is_not_offered_until_somebody_allows_it(
    production: Channel,
    devices: httpx.Client,
    publish: Publish,
    settled: Callable[[Callable[[], object]], None],
    redis_client: redis.Redis,
) -> None:
    publish(production, "1.1.0")
    assert decided(devices) == ("install", "1.1.0")

    report(devices, "update_fail", "1.1.0")
    settled(drain)
    assert decided(devices)[0] == "hold"
    assert decided(devices, TABLET) == ("install", "1.1.0")

    settled(lambda: device_failure_allow(app=production.app, device_id=PHONE, version="1.1.0", actor=SYSTEM))
    assert decided(devices) == ("install", "1.1.0")


def test_a_forced_device_gets_its_release_until_the_time_is_over(
    production: Channel,
    devices: httpx.Client,
    publish: Publish,
    settled: Callable[[Callable[[], object]], None],
    redis_client: redis.Redis,
) -> None:
    beta = channel_create(
        app=production.app, name="beta", public=False, self_assignable=False, platforms=BOTH, actor=SYSTEM
    )
    publish(production, "1.1.0")
    newer = publish(beta, "2.0.0", sha256="b" * 64)

    def force() -> None:
        override_set(
            app=production.app,
            device_id=PHONE,
            to=newer,
            until=clock.now() + timedelta(days=1),
            reason="Reproduces the crash.",
            actor=SYSTEM,
            person=None,
        )

    settled(force)
    assert decided(devices) == ("install", "2.0.0")
    assert decided(devices, TABLET) == ("install", "1.1.0")
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1), tick=False):
        assert decided(devices) == ("install", "1.1.0")

    settled(lambda: override_end(app=production.app, device_id=PHONE, actor=SYSTEM))
    assert decided(devices) == ("install", "1.1.0")
