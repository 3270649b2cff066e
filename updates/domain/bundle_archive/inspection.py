"""The inspection itself: cheap checks of everything first, then one pass over the bytes."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import BinaryIO, Final

from releaseconsole.kernel.encoding import canonical_json, sha256_hex
from updates.domain.bundle_archive.contents import content_sha256, entry_is_folder, method_check
from updates.domain.bundle_archive.errors import (
    BundleBombError,
    BundleTooLargeError,
    BundleUnpackedTooLargeError,
)
from updates.domain.bundle_archive.layout import root_find
from updates.domain.bundle_archive.limits import BundleLimits
from updates.domain.bundle_archive.names import NameRegister, path_check
from updates.domain.bundle_archive.records import LocatedEntry, records_read
from updates.domain.bundle_archive.scanning import BundleFinding, BundleScan

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a bundle; its path is relative to the bundle's root."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """What is known of an accepted archive, all of it computed from its bytes."""

    sha256: str
    size: int
    files: tuple[FileFacts, ...]
    findings: tuple[BundleFinding, ...] = ()
    native_packages: dict[str, str] | None = None

    @property
    def unpacked_size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    @property
    def manifest(self) -> list[dict[str, str | int]]:
        """The files in path order, as they are stored and signed for."""
        return [asdict(file) for file in self.files]

    @property
    def manifest_sha256(self) -> str:
        """Hash of the manifest's canonical JSON."""
        return sha256_hex(canonical_json(self.manifest))


def bundle_inspect(file: BinaryIO, *, limits: BundleLimits) -> BundleFacts:
    """Inspect an archive and describe it.

    Args:
        file: The archive, seekable, open for reading; nothing else may be writing to it.
        limits: What this console accepts.

    Raises:
        BundleTooLargeError: The file is larger than accepted.
        BundleError: A subclass says which rule is broken, its message which entry breaks it.
    """
    size = file.seek(0, os.SEEK_END)
    if size > limits.max_bytes:
        raise BundleTooLargeError(f"A bundle may have {limits.max_bytes:,} bytes; this file has more.")
    located = records_read(file, size=size, max_entries=limits.max_entries)
    paths = _paths(located)
    root = root_find(paths.keys())
    _declared_sizes_check(list(paths.values()), size, limits)
    scan = BundleScan()
    files = tuple(
        FileFacts(path, content_sha256(file, one, scan.reader(path)), one.entry.size)
        for path, one in ((path.removeprefix(root), paths[path]) for path in sorted(paths))
    )
    return BundleFacts(
        sha256=_whole_sha256(file),
        size=size,
        files=files,
        findings=scan.findings(),
        native_packages=scan.native_packages(),
    )


def _paths(located: Sequence[LocatedEntry]) -> dict[str, LocatedEntry]:
    """Check kinds, methods and names of all entries, and return the files by path."""
    register = NameRegister()
    files = {}
    for one in located:
        path = path_check(one.entry.name)
        is_folder = entry_is_folder(one.entry)
        method_check(one.entry)
        register.add(path, is_folder=is_folder)
        if not is_folder:
            files[path] = one
    return files


# Refuse by what is declared; that no entry is larger than declared is checked while it's unpacked.
def _declared_sizes_check(located: Sequence[LocatedEntry], size: int, limits: BundleLimits) -> None:
    total = sum(one.entry.size for one in located)
    if total > limits.max_unpacked_bytes:
        raise BundleUnpackedTooLargeError(
            f"The archive unpacks to {total:,} bytes; accepted are {limits.max_unpacked_bytes:,}."
        )
    for one in located:
        if limits.is_bomb(packed=one.entry.packed_size, unpacked=one.entry.size):
            raise BundleBombError(one.entry.name)
    if limits.is_bomb(packed=size, unpacked=total):
        raise BundleBombError(max(located, key=lambda one: one.entry.size).entry.name)


def _whole_sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
