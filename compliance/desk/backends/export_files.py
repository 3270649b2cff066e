"""Where packs are made and kept: `EXPORT_DIR`, readable by the console alone.

Each attempt works in a folder of its own, named after its claim, so that what a dead process left is never
taken for a part of the next one's. Files are hashed while they are written; nothing is held in memory.
"""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings

_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_BLOCK: Final = 1 << 20
_WORK: Final = "work"


class HashedFile:
    """A file that knows its SHA-256 and size when it's closed."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append."""
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def close(self) -> dict[str, str | int]:
        """Close it; returns what the manifest says of it."""
        self._file.close()
        return {"sha256": self._digest.hexdigest(), "bytes": self.size}


def work_begin(claim: UUID) -> Path:
    """Make an empty folder for one attempt."""
    folder = _work(claim)
    folder.mkdir(mode=_FOLDER_MODE, parents=True)
    return folder


def work_end(claim: UUID) -> None:
    """Remove what an attempt left; none is as good."""
    shutil.rmtree(_work(claim), ignore_errors=True)
    with suppress(OSError):
        _work(claim).with_suffix(".zip").unlink()


def works_abandoned(alive: set[UUID]) -> list[UUID]:
    """List the attempts that left a folder, but for those that are alive."""
    return sorted(_named_in(Path(settings.EXPORT_DIR) / _WORK) - alive)


def pack_path(export_id: UUID) -> Path:
    """Say where the pack of an export is or would be kept."""
    return Path(settings.EXPORT_DIR) / f"{export_id}.zip"


def pack_store(*, folder: Path, export_id: UUID, tick: Callable[[], None]) -> tuple[str, int]:
    """Pack a folder's files and put the ZIP in its place, durably; returns its SHA-256 and size.

    Args:
        folder: With the files.
        export_id: Whose pack it is.
        tick: Called again and again meanwhile; what it raises ends this.
    """
    packed = folder.with_suffix(".zip")
    packed.touch(mode=_FILE_MODE)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.iterdir()):
            with path.open("rb") as source, archive.open(path.name, "w", force_zip64=True) as target:
                for block in _blocks(source):
                    target.write(block)
                    tick()
    digest = hashlib.sha256()
    with packed.open("rb") as file:
        for block in _blocks(file):
            digest.update(block)
        os.fsync(file.fileno())
    size = packed.stat().st_size
    packed.replace(pack_path(export_id))
    _folder_sync(pack_path(export_id).parent)
    return digest.hexdigest(), size


def _folder_sync(folder: Path) -> None:
    # Without it a power cut may take the name back, of a pack that the log says was made.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pack_remove(export_id: UUID) -> None:
    """Remove the pack of an export; one that isn't there is as good. Who is reading it reads on."""
    pack_path(export_id).unlink(missing_ok=True)


def _work(claim: UUID) -> Path:
    return Path(settings.EXPORT_DIR) / _WORK / str(claim)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def packs_stored() -> set[UUID]:
    """List the exports whose pack is there."""
    return _named_in(Path(settings.EXPORT_DIR), ".zip")


def _named_in(folder: Path, *endings: str) -> set[UUID]:
    """Read the ids that name what is in a folder; what else is there isn't the console's."""
    found: set[UUID] = set()
    for path in folder.glob("*"):
        with suppress(ValueError):
            if not endings or path.suffix in endings:
                found.add(UUID(path.stem))
    return found
