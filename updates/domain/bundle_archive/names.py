"""Rules for the names in a bundle: plain relative paths, each one file on every file system."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from updates.domain.bundle_archive.errors import (
    BundleAbsolutePathError,
    BundleBackslashError,
    BundleCaseCollisionError,
    BundleDriveLetterError,
    BundleDuplicateNameError,
    BundleFileFolderConflictError,
    BundleNameCharacterError,
    BundleNameEncodingError,
    BundleNameTooLongError,
    BundlePathError,
    BundlePathTraversalError,
    BundleUnicodeCollisionError,
)

# What fits below an app's data folder on every platform: iOS ends at 1,024 bytes for the whole path.
PATH_MAX_BYTES: Final = 512
PART_MAX_BYTES: Final = 255
DEPTH_MAX: Final = 32
_DRIVE: Final = re.compile(r"[A-Za-z]:")
# Control, format (bidirectional overrides, zero-width), surrogate, private, line and paragraph separator.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def name_decode(raw: bytes, *, utf8: bool) -> str:
    """Decode an entry's name; beyond ASCII only where the archive says it's UTF-8.

    Raises:
        BundleNameEncodingError: Readers would guess, and guess differently.
    """
    try:
        return raw.decode("utf-8" if utf8 else "ascii")
    except UnicodeDecodeError as error:
        hint = "" if utf8 else "With Info-ZIP use: zip -UN=UTF8."
        raise BundleNameEncodingError(raw.decode("utf-8", errors="replace"), hint) from error


def path_check(name: str) -> str:
    """Return an entry's path, without the slash that ends a folder's name.

    Raises:
        BundleNameTooLongError: Longer or deeper than devices can store.
        BundleNameCharacterError: Control or invisible characters.
        BundleBackslashError: A backslash.
        BundleDriveLetterError: A drive letter.
        BundleAbsolutePathError: An absolute path.
    """
    if len(name.encode()) > PATH_MAX_BYTES:
        raise BundleNameTooLongError(name)
    if any(unicodedata.category(character) in _INVISIBLE for character in name):
        raise BundleNameCharacterError(name)
    if "\\" in name:
        raise BundleBackslashError(name)
    if _DRIVE.match(name):
        raise BundleDriveLetterError(name)
    if name.startswith("/"):
        raise BundleAbsolutePathError(name)
    path = name.removesuffix("/")
    _parts_check(path, name)
    return path


def _parts_check(path: str, name: str) -> None:
    parts = path.split("/")
    if ".." in parts:
        raise BundlePathTraversalError(name)
    # Windows drops trailing dots and spaces, so `a.` and `a` would be one file there.
    if any(part == "" or part.endswith((".", " ")) for part in parts):
        raise BundlePathError(name)
    if len(parts) > DEPTH_MAX or any(len(part.encode()) > PART_MAX_BYTES for part in parts):
        raise BundleNameTooLongError(name)


@dataclass(slots=True)
class NameRegister:
    """The names seen so far, with all folders that they imply, as the least able file system sees them."""

    _seen: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _folders_listed: set[str] = field(default_factory=set)

    def add(self, path: str, *, is_folder: bool) -> None:
        """Take in one entry.

        Raises:
            BundleDuplicateNameError: It was there already.
            BundleCaseCollisionError: It differs from another by case alone.
            BundleUnicodeCollisionError: It differs from another by normalisation alone.
            BundleFileFolderConflictError: It's a file here and a folder there.
        """
        parts = path.split("/")
        for depth in range(1, len(parts)):
            self._take("/".join(parts[:depth]), is_folder=True)
        known = self._take(path, is_folder=is_folder)
        if (known and not is_folder) or path in self._folders_listed:
            raise BundleDuplicateNameError(path)
        if is_folder:
            self._folders_listed.add(path)

    # Note a path; return whether it was known, in the same spelling and kind.
    def _take(self, path: str, *, is_folder: bool) -> bool:
        identity = _identity(path)
        known = self._seen.get(identity)
        if known is None:
            self._seen[identity] = (path, is_folder)
            return False
        spelling, was_folder = known
        if spelling != path:
            raise _collision(path, spelling)
        if was_folder != is_folder:
            raise BundleFileFolderConflictError(path)
        return True


def _identity(path: str) -> str:
    """Spell a path as a file system does that knows neither case nor composed letters."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def _collision(path: str, other: str) -> BundleCaseCollisionError | BundleUnicodeCollisionError:
    if unicodedata.normalize("NFC", path) == unicodedata.normalize("NFC", other):
        return BundleUnicodeCollisionError(path)
    return BundleCaseCollisionError(path)
