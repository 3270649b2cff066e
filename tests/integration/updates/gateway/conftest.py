"""Devices ask the real gateway; what isn't for it ends in a Django that must not be reached."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx
import pytest

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock, randomness
from signing.services import console_keys_ensure
from updates.domain.release_state import ReleaseState
from updates.gateway import sightings
from updates.gateway.router import gateway_application
from updates.gateway.serving import serving
from updates.gateway.snapshot import EMPTY, snapshot_build
from updates.models import App, Bundle, Channel, Release, StoredArchive
from updates.services import app_create, channel_create, receipts_take

APP_ID = "com.example.clinic"
BOTH = ["android", "ios"]
MANIFEST_SHA256 = "c" * 64


def _django(environ: dict[str, Any], _start_response: Callable[..., Any]) -> Iterable[bytes]:
    raise AssertionError(f"Django was asked for {environ['PATH_INFO']}")


@pytest.fixture
def devices() -> Iterator[httpx.Client]:
    """An HTTP client of the gateway."""
    serving.snapshot = EMPTY
    transport = httpx.WSGITransport(app=gateway_application(_django))
    with httpx.Client(transport=transport, base_url="http://console.test") as client:
        yield client
    serving.snapshot = EMPTY
    sightings._buffer.flush()  # what these checks told mustn't reach the stream in the middle of a later test


@pytest.fixture
def refresh() -> Callable[[], None]:
    """Make the process see what was written."""

    def now() -> None:
        serving.snapshot = snapshot_build(serving.snapshot)

    return now


@pytest.fixture
def app(db: None) -> App:
    console_keys_ensure(now=clock.now())
    return app_create(app_id=APP_ID, name="Clinic", platforms=BOTH, actor=SYSTEM)


@pytest.fixture
def production(app: App) -> Channel:
    return channel_create(
        app=app, name="production", public=True, self_assignable=False, platforms=BOTH, actor=SYSTEM
    )


@pytest.fixture
def publish(refresh: Callable[[], None]) -> Callable[..., Release]:
    """Put a release on a channel as rows, without a zip behind it, and let the process see it."""

    def release(
        channel: Channel, version: str, *, sha256: str = "a" * 64, size: int = 1000, **fields: Any
    ) -> Release:
        archive, _ = StoredArchive.objects.get_or_create(sha256=sha256, defaults={"size": size})
        bundle = Bundle.objects.create(
            app=channel.app,
            version=version,
            archive=archive,
            file_count=1,
            unpacked_size=size,
            manifest=[],
            manifest_sha256=MANIFEST_SHA256,
            uploaded_by="system:",
        )
        made = Release.objects.create(
            app=channel.app,
            channel=channel,
            bundle=bundle,
            release_seq=Release.objects.count() + 1,
            live_seq=Release.objects.count() + 1,
            state=ReleaseState.LIVE,
            rollout_salt=randomness.token_bytes(16).hex(),
            published_at=clock.now(),
            **fields,
        )
        receipts_take()
        refresh()
        return made

    return release
