"""A phone with the unmodified `@capgo/capacitor-updater` 8, as far as its server sees it."""

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

import httpx

from releaseconsole.kernel import randomness

_SOME_TIME = 1_800_000_000_000  # milliseconds since 1970


@dataclass
class CapgoDevice:
    """One installation; `version` is the bundle it runs, empty for the built-in one."""

    http: httpx.Client
    app_id: str
    platform: str = "android"
    native_version: str = "1.0"
    channel: str = ""
    device_id: str = field(default_factory=lambda: str(randomness.uuid4()))
    version: str = ""

    def info(self) -> dict[str, Any]:
        """The info object that every request of the plugin carries."""
        return {
            "platform": self.platform,
            "device_id": self.device_id,
            "app_id": self.app_id,
            "custom_id": "",
            "version_build": self.native_version,
            "version_code": "1",
            "version_os": "15",
            "version_name": self.version or self.native_version,
            "plugin_version": "8.51.23",
            "is_emulator": False,
            "is_prod": True,
            "defaultChannel": self.channel,
        }

    def check(self) -> dict[str, Any]:
        """Ask for an update and return the answer."""
        response = self.http.post("/device/capgo/updates", json=self.info())
        assert response.status_code == 200, response.text
        return dict(response.json())

    def told(self) -> str:
        """Ask, and return the version that it is told to run: what it runs already if nothing is offered."""
        answer = self.check()
        return self.version if "kind" in answer else str(answer["version"])

    def download(self, answer: dict[str, Any]) -> dict[str, bytes]:
        """Fetch in two ranges, compare the SHA-256, unzip; returns the files."""
        head = self.http.get(answer["url"], headers={"Range": "bytes=0-99"})
        assert head.status_code == 206, head.text
        rest = self.http.get(answer["url"], headers={"Range": "bytes=100-"})
        assert rest.status_code == 206, rest.text
        data = head.content + rest.content
        assert hashlib.sha256(data).hexdigest() == answer["checksum"]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def report(self, *actions: str, version: str, old_version: str = "", at: int = _SOME_TIME) -> None:
        """Send events as the plugin's queue does: one batch."""
        subject = {"version_name": version, "old_version_name": old_version}
        events = [
            self.info() | subject | {"action": action, "timestamp": at + step}
            for step, action in enumerate(actions)
        ]
        response = self.http.post("/device/capgo/stats", json=events)
        assert response.status_code == 200, response.text

    def update(self, *, at: int = _SOME_TIME) -> str:
        """Check, download, install and report; returns the version it runs now."""
        answer = self.check()
        if "error" in answer or "kind" in answer:
            return self.version
        if answer["version"] == "builtin":
            self.version = ""
            return ""
        self.download(answer)
        old, self.version = self.version, answer["version"]
        actions = ("download_complete", "set", "app_launch_ready")
        self.report(*actions, version=self.version, old_version=old, at=at)
        return self.version
