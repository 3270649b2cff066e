"""An app with a public channel and two versions; reports and sightings about it; the run's real Redis."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis

from updates.backends.events import events_append, sightings_append
from updates.domain.telemetry import DeviceReport, Sighting
from updates.models import App, Bundle, Channel, StoredArchive
from updates.services.telemetry import DrainReport, telemetry_drain

APP_ID = "com.example.clinic"
NOON_MS = 1_764_158_400_000
DEVICE = "8f0f2f4e-0000-4000-8000-000000000001"


def report(action: str = "set", version: str = "1.2.0", **changed: Any) -> DeviceReport:
    fields: dict[str, Any] = {
        "app_id": APP_ID,
        "device_id": DEVICE,
        "action": action,
        "version": version,
        "old_version": "",
        "asked_channel": "",
        "platform": "ios",
        "native_version": "1.0.0",
        "plugin_version": "8.51.23",
        "os_version": "18.1",
        "is_emulator": False,
        "is_production": True,
        "claimed_at_ms": NOON_MS,
        "received_at_ms": NOON_MS + 200,
        "detail": {},
    }
    return DeviceReport(**(fields | changed))


def sighting(version: str = "", **changed: Any) -> Sighting:
    fields: dict[str, Any] = {
        "app_id": APP_ID,
        "device_id": DEVICE,
        "platform": "ios",
        "version": version,
        "native_version": "1.0.0",
        "plugin_version": "8.51.23",
        "os_version": "18.1",
        "channel": "production",
        "is_emulator": False,
        "is_production": True,
        "seen_at_ms": NOON_MS,
    }
    return Sighting(**(fields | changed))


def drain() -> DrainReport:
    return telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)


@pytest.fixture
def clinic(db: None) -> App:
    app = App.objects.create(app_id=APP_ID, name="Clinic", platforms=["android", "ios"])
    Channel.objects.create(app=app, name="production", public=True, platforms=["android", "ios"])
    for version in ("1.1.0", "1.2.0"):
        archive = StoredArchive.objects.create(sha256=version.replace(".", "") * 16, size=1000)
        Bundle.objects.create(
            app=app,
            version=version,
            archive=archive,
            file_count=1,
            unpacked_size=1000,
            manifest=[],
            manifest_sha256="0" * 64,
            uploaded_by="system",
        )
    return app


@pytest.fixture
def tell(redis_client: redis.Redis, clinic: App) -> Callable[..., DrainReport]:
    """Put records into the streams and drain them, all of one call in one batch."""

    def tell(*records: DeviceReport | Sighting) -> DrainReport:
        events_append([record for record in records if isinstance(record, DeviceReport)])
        sightings_append([record for record in records if isinstance(record, Sighting)])
        return drain()

    return tell
