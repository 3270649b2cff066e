"""One phone with the stock plugin (`@capgo/capacitor-updater` 8): what it asks, fetches and reports."""

import hashlib
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from demo.connection import Answer, Connection

OK: Final = 200
PARTIAL: Final = 206
ALL_BPS: Final = 10_000
# How phones fare with a version, in basis points of those that try it; the rest of the versions are ordinary.
ORDINARY_FAILURES: Final = (
    ("update_fail", 120),
    ("download_fail", 100),
    ("checksum_fail", 40),
    ("low_mem_fail", 30),
    ("unzip_fail", 20),
)
_SYSTEMS: Final = {"android": ("13", "14", "15", "16"), "ios": ("17.7", "18.6", "26.0")}
_PLUGINS: Final = ("8.51.23", "8.51.23", "8.51.23", "8.46.1", "7.51.21")


class RefusedError(Exception):
    """The console answered something that no plugin expects."""


@dataclass
class Phone:
    """One installation; `version` is the bundle it runs, empty for the built-in one."""

    app_id: str
    number: int
    native_version: str
    channel: str = ""
    failures: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    version: str = ""

    def __post_init__(self) -> None:
        self.device_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.app_id}/{self.number}"))
        self.chance = random.Random(self.device_id)
        self.platform = self.chance.choice(("android", "android", "ios"))
        self.system = self.chance.choice(_SYSTEMS[self.platform])
        self.plugin = self.chance.choice(_PLUGINS)
        self.events: list[dict[str, Any]] = []

    def wake(self, connection: Connection, tally: Counter[str]) -> None:
        """Come to the foreground: check, update if there is something, report, go to the background.

        Raises:
            RefusedError: The console answered something that no plugin expects.
        """
        self._note("app_moved_to_foreground")
        answer = _expect(connection.post("/device/capgo/updates", self._info()), OK).json()
        tally["checks"] += 1
        # Any of these keys means that there is nothing to install.
        if not answer.keys() & {"error", "kind", "message"}:
            self._install(connection, answer, tally)
        self._note("app_moved_to_background")
        self._report(connection)

    def _install(self, connection: Connection, answer: dict[str, Any], tally: Counter[str]) -> None:
        version = answer["version"]
        if version == "builtin":
            old, self.version = self.version, ""
            self._note("reset", old=old)
            return
        trouble = self._trouble(version)
        if trouble in {None, "update_fail"}:
            data = self._download(connection, answer["url"])
            if hashlib.sha256(data).hexdigest() != answer["checksum"]:
                trouble = "checksum_fail"
        if trouble not in {None, "update_fail"}:
            self._note(str(trouble), version)
            tally["failures"] += 1
            return
        old, self.version = self.version, version
        for action in ("download_complete", "set_next", "set"):
            self._note(action, version, old=old)
        if trouble:
            # The app never called notifyAppReady, so the plugin goes back by itself.
            self.version = old
            self._note(trouble, version, old=old)
            tally["failures"] += 1
        else:
            self._note("app_launch_ready", version)
            tally["installs"] += 1

    def _download(self, connection: Connection, url: str) -> bytes:
        """Fetch the bundle, now and then in two pieces as after a lost connection."""
        if self.chance.random() < 2 / 3:
            return _expect(connection.request("GET", url), OK).body
        head = _expect(connection.request("GET", url, headers={"Range": "bytes=0-999"}), PARTIAL).body
        rest = {"Range": f"bytes={len(head)}-"}
        return head + _expect(connection.request("GET", url, headers=rest), PARTIAL).body

    def _trouble(self, version: str) -> str | None:
        """Decide by device and version, so that a phone that fails today fails tomorrow."""
        digest = hashlib.sha256(f"{self.device_id} {version}".encode()).digest()
        bucket = int.from_bytes(digest[:4], "big") % ALL_BPS
        for action, share in self.failures.get(version, ORDINARY_FAILURES):
            if bucket < share:
                return action
            bucket -= share
        return None

    def _report(self, connection: Connection) -> None:
        events, self.events = self.events, []
        _expect(connection.post("/device/capgo/stats", events), OK)

    def _note(self, action: str, version: str | None = None, *, old: str = "") -> None:
        subject = self._runs() if version is None else version
        told = {"action": action, "version_name": subject, "old_version_name": old}
        # Milliseconds apart, as a plugin's queue has them.
        at = {"timestamp": int(time.time() * 1000) + len(self.events)}
        self.events.append(self._info() | told | at)

    def _runs(self) -> str:
        return self.version or self.native_version

    def _info(self) -> dict[str, Any]:
        return {
            "platform": self.platform,
            "device_id": self.device_id,
            "app_id": self.app_id,
            "custom_id": "",
            "version_build": self.native_version,
            "version_code": "310",
            "version_os": self.system,
            "version_name": self._runs(),
            "plugin_version": self.plugin,
            "is_emulator": False,
            "is_prod": True,
            "defaultChannel": self.channel,
        }


def _expect(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise RefusedError(f"{answer.status} {answer.body[:300]!r}")
    return answer
