"""Consent of devices: told with events, recorded with version and time, and over when it's taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import redis
from django.db import IntegrityError, transaction

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.integration.updates.gateway.conftest import APP_ID
from tests.integration.updates.gateway.test_v1_check import DEVICE_ID
from tests.support.stored import in_database, in_redis
from updates.domain.optional_telemetry import TelemetryPolicy
from updates.gateway import sightings
from updates.models import App, Channel, ConsentRecord, DeviceEvent
from updates.selectors.app_settings import app_settings
from updates.services import app_change
from updates.services.telemetry import telemetry_drain

TYPED = "nora typed this"
SIGNAL = {"Sec-GPC": "1"}


@pytest.fixture
def asking(redis_client: redis.Redis, production: Channel, refresh: Callable[[], None]) -> App:
    """An app that keeps details by consent to the text of December."""
    sightings._buffer.flush()
    redis_client.flushdb()
    app = production.app
    wanted = replace(
        app_settings(app), telemetry_policy=TelemetryPolicy.CONSENT, telemetry_text_version="2026-12"
    )
    app = app_change(app=app, settings=wanted, actor=SYSTEM)
    refresh()
    return app


def report(devices: httpx.Client, action: str, *, headers: dict[str, str] | None = None, **said: Any) -> None:
    event = {"action": action, "version": "1.2.0", "detail": {"message": TYPED}}
    body = {"app_id": APP_ID, "device_id": DEVICE_ID, "events": [event]} | said
    assert (
        devices.post("/device/v1/events", json=body, headers=headers).json()["results"][0]["status"] == "ok"
    )


def drained() -> None:
    telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)


def test_a_consent_lives_from_the_first_report_to_its_withdrawal(devices: httpx.Client, asking: App) -> None:
    report(devices, "set", consent="2026-12")
    report(devices, "get", consent="2026-12")
    drained()
    record = ConsentRecord.objects.get()
    assert (record.device_id, record.text_version, record.withdrawn_at) == (DEVICE_ID, "2026-12", None)
    assert DeviceEvent.objects.filter(detail={"message": TYPED}).count() == 2
    report(devices, "delete", consent=None)
    drained()
    record.refresh_from_db()
    assert record.withdrawn_by == "person"
    assert DeviceEvent.objects.get(action="delete").detail == {}


def test_the_signal_ends_a_consent_in_either_dialect(devices: httpx.Client, asking: App) -> None:
    report(devices, "set", consent="2026-12")
    drained()
    info = {
        "app_id": APP_ID,
        "device_id": DEVICE_ID,
        "platform": "ios",
        "action": "get",
        "version_name": "1.2.0",
    }
    devices.post("/device/capgo/stats", json=info | {"metadata": {"message": TYPED}}, headers=SIGNAL)
    drained()
    assert ConsentRecord.objects.get().withdrawn_by == "signal"
    assert DeviceEvent.objects.get(action="get").detail == {}


def test_without_consent_details_reach_neither_redis_nor_the_database(
    devices: httpx.Client, asking: App, redis_client: redis.Redis
) -> None:
    report(devices, "set")
    report(devices, "get", consent="2026-11")
    report(devices, "delete", consent="2026-12", headers=SIGNAL)
    assert TYPED not in in_redis(redis_client)
    drained()
    assert DeviceEvent.objects.count() == 3
    assert TYPED not in in_database()
    assert not ConsentRecord.objects.exists()


def test_another_text_asks_for_another_consent(
    devices: httpx.Client, asking: App, refresh: Callable[[], None]
) -> None:
    report(devices, "set", consent="2026-12")
    drained()
    app_change(
        app=asking, settings=replace(app_settings(asking), telemetry_text_version="2027-01"), actor=SYSTEM
    )
    refresh()
    report(devices, "get", consent="2026-12")
    report(devices, "delete", consent="2027-01")
    drained()
    kept = ConsentRecord.objects.order_by("pk").values_list("text_version", "withdrawn_by")
    assert list(kept) == [("2026-12", "renewed"), ("2027-01", "")]
    assert DeviceEvent.objects.get(action="get").detail == {}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"device_id": ""}, id="of nobody"),
        pytest.param({"text_version": ""}, id="to no text"),
        pytest.param({"withdrawn_by": "person"}, id="withdrawn at no time"),
        pytest.param(
            {"withdrawn_at": clock.now() - timedelta(days=9), "withdrawn_by": "person"}, id="before"
        ),
    ],
)
def test_the_database_refuses_records_that_cannot_be(asking: App, wrong: dict[str, Any]) -> None:
    right = {"app": asking, "device_id": "d", "text_version": "1", "given_at": clock.now()}
    ConsentRecord.objects.create(**right)
    for refused in (right, right | {"device_id": "e"} | wrong):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConsentRecord.objects.create(**refused)
