"""Fills an empty console, through its own services, with what a benchmark asks about.

Run as `python -m bench.seed` in the console's environment.
"""

import os
import zipfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")
django.setup()

from django.conf import settings  # noqa: E402 (settings first)

from compliance.ledger.domain.events import SYSTEM  # noqa: E402 (models need Django set up)
from releaseconsole.bootstrap import bootstrap  # noqa: E402 (models need Django set up)
from updates.models import App, Channel  # noqa: E402 (models need Django set up)
from updates.services import (  # noqa: E402 (models need Django set up)
    app_create,
    bundle_upload,
    channel_create,
    release_publish,
)

APP_ID = "com.example.clinic"
PLATFORMS = ["android", "ios"]
PAD_BYTES = 4 << 20


def _bundle(app: App, version: str) -> None:
    path = Path(settings.UPLOAD_DIR) / f"bench-{version}.zip"
    with zipfile.ZipFile(path, "w") as archive:  # stored, not deflated: its size is the size sent
        archive.writestr("index.html", f"<h1>{version}</h1><script src='app.js'></script>")
        archive.writestr("app.js", "CapacitorUpdater.notifyAppReady();")
        archive.writestr("assets/pad.bin", os.urandom(PAD_BYTES))  # noqa: TID251 (incompressible filler)
    bundle_upload(app=app, version=version, upload=path, actor=SYSTEM)
    path.unlink(missing_ok=True)


def _channel(app: App, name: str, *, public: bool = False, self_assignable: bool = False) -> Channel:
    return channel_create(
        app=app, name=name, public=public, self_assignable=self_assignable, platforms=PLATFORMS, actor=SYSTEM
    )


def seed() -> None:
    """A public channel with a rollout half-way on top of a full release, and two channels beside it."""
    bootstrap(say=print)
    app = app_create(app_id=APP_ID, name="Clinic", platforms=PLATFORMS, actor=SYSTEM)
    production = _channel(app, "production", public=True)
    _channel(app, "beta")
    _channel(app, "staging", self_assignable=True)
    for version in ("1.0.1", "1.0.2"):
        _bundle(app, version)
    release_publish(channel=production, version="1.0.1", native_min="1.0", native_max="2.0", actor=SYSTEM)
    release_publish(channel=production, version="1.0.2", native_min="1.2", rollout_bps=5000, actor=SYSTEM)


if __name__ == "__main__":
    seed()
