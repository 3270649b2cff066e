"""Version numbers: strict for bundles, which we name, and lenient for native builds, which stores name."""

import re
from functools import lru_cache
from typing import Final

from semver import Version

from updates.errors import InvalidValueError

MAX_LENGTH: Final = 64
# Ten digits hold every store's numbers; longer ones only serve to make parsing expensive.
_NATIVE: Final = re.compile(
    r"v?(\d{1,10})(?:\.(\d{1,10}))?(?:\.(\d{1,10}))?(?:\.\d{1,10})*"  # a fourth part is ignored
    r"(?:-([0-9A-Za-z.-]*[0-9A-Za-z]))?(?:[+ (].*)?\Z",
    re.ASCII,
)


def is_bundle_version(text: str) -> bool:
    """Tell whether a text is a bundle's version, and not whatever somebody typed."""
    return len(text) <= MAX_LENGTH and Version.is_valid(text)


def bundle_version_check(text: str) -> str:
    """Return `text` if it's a strict semantic version (semver 2.0) that devices can carry.

    Raises:
        InvalidValueError: It isn't, or it's too long, or it's the reserved word `builtin`.
    """
    if not is_bundle_version(text):
        raise InvalidValueError(
            f"A bundle's version is a semantic version such as 1.4.0 of at most {MAX_LENGTH} characters."
        )
    return text


def native_bound_check(text: str) -> str:
    """Return `text` if it can bound native versions; empty means unbounded.

    Raises:
        InvalidValueError: No version can be read from it, so it would exclude every device in silence.
    """
    if text and native_version_parse(text) is None:
        raise InvalidValueError("A native version is one to three numbers such as 2, 2.1 or 2.1.0.")
    return text


@lru_cache(maxsize=4096)
def native_version_parse(text: str) -> Version | None:
    """Read a native version as stores spell it: `1.2` is 1.2.0; None if there's no version in it."""
    match = _NATIVE.match(text) if len(text) <= MAX_LENGTH else None
    if match is None:
        return None
    major, minor, patch, prerelease = match.groups()
    return Version(int(major), int(minor or 0), int(patch or 0), prerelease)


@lru_cache(maxsize=16_384)
def native_fits(native: str, least: str, greatest: str) -> bool:
    """Tell whether a native version lies within inclusive bounds; an empty bound is none.

    A version that can't be read fits only where there are no bounds. Cached, because a fleet has few
    different native versions and this runs in every check.
    """
    if not least and not greatest:
        return True
    version = native_version_parse(native)
    if version is None:
        return False
    return not (least and _below(version, least)) and not (greatest and _above(version, greatest))


def _below(version: Version, least: str) -> bool:
    bound = native_version_parse(least)
    return bound is None or version < bound


def _above(version: Version, greatest: str) -> bool:
    bound = native_version_parse(greatest)
    return bound is None or version > bound
