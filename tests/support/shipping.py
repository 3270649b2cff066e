"""Short ways to an app with channels, bundles and releases, by the product's own services."""

import itertools
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from tests.support.zip_forge import Forged, forge_zip, index
from updates.models import App, Bundle, Channel, NativeBuild, Release
from updates.services import (
    app_create,
    bundle_upload,
    channel_create,
    native_build_register,
    release_publish,
)

APP_ID = "com.example.clinic"
BOTH = ["android", "ios"]
_numbers = itertools.count()


def app_made(app_id: str = APP_ID) -> App:
    return app_create(app_id=app_id, name="Clinic", platforms=BOTH, actor=SYSTEM)


def channel_made(app: App, name: str = "production", **changed: Any) -> Channel:
    fields: dict[str, Any] = {"public": True, "self_assignable": False, "platforms": BOTH}
    return channel_create(app=app, name=name, **(fields | changed), actor=SYSTEM)


def zip_of(version: str, *more: Forged) -> bytes:
    return forge_zip([index(), Forged("version.txt", version.encode()), *more])


def upload_file(data: bytes) -> Path:
    """Put bytes where uploads arrive."""
    path = Path(settings.UPLOAD_DIR) / f"{next(_numbers)}.upload"
    path.write_bytes(data)
    return path


def bundle_made(app: App, version: str, *more: Forged, **said: Any) -> Bundle:
    """Upload a version, with `more` files, and with what is `said` of it."""
    upload = upload_file(zip_of(version, *more))
    bundle, _ = bundle_upload(app=app, version=version, upload=upload, actor=SYSTEM, **said)
    return bundle


def build_made(
    app_id: str = APP_ID, version: str = "1.0.0", plugins: dict[str, str] | None = None, **names: str
) -> NativeBuild:
    """A build in a store, with these native plugins."""
    build, _ = native_build_register(
        app=App.objects.get(pk=app_id),
        version=version,
        plugins=plugins or {},
        actor=SYSTEM,
        **({"platform": "android"} | names),
    )
    return build


def released(
    channel: Channel, version: str, rollout_bps: int = 10_000, publisher: User | None = None
) -> Release:
    """Upload a version where that is still to be done, and publish it."""
    if not Bundle.objects.filter(app=channel.app, version=version).exists():
        bundle_made(channel.app, version)
    return release_publish(
        channel=channel, version=version, rollout_bps=rollout_bps, actor=SYSTEM, publisher=publisher
    )


def standing(channel: Channel) -> dict[int, str]:
    """State of each release of the channel, by number."""
    return dict(
        Release.objects.filter(channel=channel).order_by("release_seq").values_list("release_seq", "state")
    )


def recorded(action: Action) -> list[AuditEvent]:
    """Events of one kind, oldest first."""
    return list(AuditEvent.objects.filter(action=action.value).order_by("number"))
