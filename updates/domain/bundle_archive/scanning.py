"""What is in a bundle that is acceptable and still shouldn't be published unseen.

Looked for in the same pass that hashes the bytes: piece by piece, with the end of one piece kept for the
next, never the whole of a file. Work and memory are bounded whatever is uploaded: so many bytes are looked
at, so many findings kept, and one of each kind for a file.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from updates.domain.bundle_archive.errors import BundleNativePackagesError, shown
from updates.domain.bundle_archive.secret_patterns import LONGEST_MATCH, SECRET_FILES, SECRET_PATTERNS
from updates.domain.native_plugins import native_packages_read
from updates.errors import InvalidValueError

SCANNED_MAX_BYTES: Final = 128_000_000
FINDINGS_MAX: Final = 100
KEPT_MAX_BYTES: Final = 256_000  # of a file that is read as a whole

NATIVE_PACKAGES: Final = "native-packages.json"
_CONFIG: Final = "capacitor.config.json"
_CONFIGS_MAX: Final = 10  # of one app there's one
_CODE: Final = (".js", ".mjs", ".cjs", ".html", ".htm")
_STYLED: Final = (*_CODE, ".css")
_MAP: Final = re.compile(r"\.(?:m?js|cjs|css|ts)\.map\Z", re.IGNORECASE)
_INLINE_MAP: Final = b"sourceMappingURL=data:"
# Calls alone: the plugin's own code has the name too, where it declares what can be called.
_READY_NAME: Final = b"notifyAppReady"
_READY_CALL: Final = re.compile(
    rb"(?:\.\s{0,9}notifyAppReady|\[\s{0,9}['\"`]notifyAppReady['\"`]\s{0,9}\])\s{0,9}\)?\s{0,9}(?:\?\.)?\s{0,9}\("
)
_NEVER_TEXT: Final = re.compile(
    r"\.(?:png|jpe?g|gif|webp|avif|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|m4a|ogg|wav|webm|mov|pdf|zip|gz|br)\Z",
    re.IGNORECASE,
)

Reader = Callable[[bytes], None]


class FindingCode(StrEnum):
    """Kinds of findings in a bundle; each is part of the API's contract."""

    SECRET = "secret"
    SOURCE_MAP = "source_map"
    SERVER_URL = "server_url"
    CONFIG_UNREADABLE = "config_unreadable"
    NO_READY_CALL = "no_ready_call"
    SCAN_CUT = "scan_cut"
    FINDINGS_CUT = "findings_cut"


@dataclass(frozen=True, slots=True, order=True)
class BundleFinding:
    """One thing that was found. `detail` never holds the secret itself."""

    code: FindingCode
    path: str
    detail: str


@dataclass(slots=True)
class BundleScan:
    """Looks at a bundle's files, one after another."""

    _found: set[BundleFinding] = field(default_factory=set)
    calls_ready: bool = False
    maps: list[str] = field(default_factory=list)
    left: int = SCANNED_MAX_BYTES
    _cut: bool = False
    _configs: "list[_Kept]" = field(default_factory=list)
    _packages: "_Kept | None" = None

    def reader(self, path: str) -> Reader | None:
        """Judge a file by its name, and say who wants to read its bytes; None: nobody."""
        if SECRET_FILES.search(path):
            self.add(FindingCode.SECRET, path, "what its name says: a file of secrets")
        if _MAP.search(path):
            self.maps.append(path)
        if path == NATIVE_PACKAGES:
            self._packages = _Kept(path)
            return self._packages.read
        if path.rpartition("/")[2] == _CONFIG and len(self._configs) < _CONFIGS_MAX:
            self._configs.append(_Kept(path))
            return self._configs[-1].read
        return None if _NEVER_TEXT.search(path) else _FileScan(self, path).read

    def findings(self) -> tuple[BundleFinding, ...]:
        """Sum up, in the order of kinds and paths."""
        for config in self._configs:
            if found := _server_url(config):
                self.add(*found)
        whole = set()
        if self.maps:  # one finding of all: they come by the dozen, and one answer is the answer to each
            whole.add(BundleFinding(FindingCode.SOURCE_MAP, self.maps[0], f"{len(self.maps):,}"))
        if self._cut:
            whole.add(BundleFinding(FindingCode.SCAN_CUT, "", f"{SCANNED_MAX_BYTES:,}"))
        elif not self.calls_ready:
            whole.add(BundleFinding(FindingCode.NO_READY_CALL, "", ""))
        if len(self._found) == FINDINGS_MAX:
            whole.add(BundleFinding(FindingCode.FINDINGS_CUT, "", f"{FINDINGS_MAX:,}"))
        return tuple(sorted(self._found | whole))

    def add(self, code: FindingCode, path: str, detail: str) -> None:
        """Keep a finding, as long as there aren't too many."""
        if len(self._found) < FINDINGS_MAX:
            self._found.add(BundleFinding(code, path, detail))

    def allow(self, wanted: int) -> int:
        """Take of what may still be looked at."""
        allowed = min(wanted, self.left)
        self.left -= allowed
        self._cut = self._cut or allowed < wanted
        return allowed

    def native_packages(self) -> dict[str, str] | None:
        """Read the bundle's own list of native plugins; None: it has none.

        Raises:
            BundleNativePackagesError: It has one that can't be read.
        """
        if self._packages is None:
            return None
        try:
            return native_packages_read(bytes(self._packages.content))
        except InvalidValueError as error:
            raise BundleNativePackagesError(f"{BundleNativePackagesError.title} {error.message}") from error


@dataclass(slots=True)
class _FileScan:
    """One file, with what of the last piece could be the beginning of something."""

    scan: BundleScan
    path: str
    before: bytes = b""
    place: int = 0
    told: set[str] = field(default_factory=set)

    def read(self, piece: bytes) -> None:
        """Look at the next piece."""
        piece = piece[: self.scan.allow(len(piece))]
        window, start = self.before + piece, self.place - len(self.before)
        self._secrets(window, start)
        name = self.path.lower()
        if not self.scan.calls_ready and name.endswith(_CODE) and _READY_NAME in window:
            self.scan.calls_ready = _READY_CALL.search(window) is not None
        if name.endswith(_STYLED) and _INLINE_MAP in window and self.path not in self.scan.maps[-1:]:
            self.scan.maps.append(self.path)
        self.place += len(piece)
        self.before = window[-LONGEST_MATCH:]

    def _secrets(self, window: bytes, start: int) -> None:
        for secret in SECRET_PATTERNS:
            place = None if secret.words in self.told else secret.find(window)
            if place is not None:
                self.told.add(secret.words)
                self.scan.add(FindingCode.SECRET, self.path, f"{secret.words}, at byte {start + place:,}")


@dataclass(slots=True)
class _Kept:
    """A small file that is read as a whole; of a larger one, too much to be one."""

    path: str
    content: bytearray = field(default_factory=bytearray)

    def read(self, piece: bytes) -> None:
        """Keep the next piece, up to the limit and one byte."""
        self.content += piece[: KEPT_MAX_BYTES + 1 - len(self.content)]


def _server_url(config: _Kept) -> tuple[FindingCode, str, str] | None:
    """Find the address of a development server in the app's configuration."""
    try:
        value = json.loads(config.content) if len(config.content) <= KEPT_MAX_BYTES else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return FindingCode.CONFIG_UNREADABLE, config.path, ""
    server = value.get("server")
    url = server.get("url") if isinstance(server, dict) else None
    return (FindingCode.SERVER_URL, config.path, shown(url)) if url and isinstance(url, str) else None
