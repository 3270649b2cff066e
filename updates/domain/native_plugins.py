"""Native plugins: what a bundle needs, what a build has, and whether the one runs in the other.

A bundle's web code was built against certain versions of native plugins and calls into them. A build that
lacks one, or has an older or an incompatible one, breaks where it's called; that is npm's caret rule.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

from semver import Version

from releaseconsole.kernel.encoding import canonical_json, sha256_hex
from updates.domain.version import native_version_parse
from updates.errors import InvalidValueError

PACKAGES_MAX: Final = 300
TEXT_MAX: Final = 100_000
_STABLE: Final = 1  # before the first major version, each minor one may break
_NAME: Final = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]{0,100}/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]{0,100}\Z")
_VERSION_MAX: Final = 32
_LINE: Final = re.compile(r"(\S{1,214}?)(?:@|[ \t:=]{1,9})v?(\S{1,32})\Z")


def plugin_fits(needed: str, present: str) -> bool:
    """Tell whether a plugin of version `present` serves what was built against `needed`."""
    wanted, there = native_version_parse(needed), native_version_parse(present)
    if wanted is None or there is None:
        return needed == present
    return _generation(wanted) == _generation(there) and there >= wanted


def plugins_lacking(needed: Mapping[str, str], present: Mapping[str, str]) -> tuple[str, ...]:
    """Name the plugins that a build lacks, or has in a version that doesn't fit."""
    return tuple(
        sorted(
            name
            for name, version in needed.items()
            if name not in present or not plugin_fits(version, present[name])
        )
    )


def native_packages_check(value: object) -> dict[str, str]:
    """Return a list of plugins, `{name: version}`, in the order of names.

    Raises:
        InvalidValueError: It's something else, or too long.
    """
    if not isinstance(value, Mapping) or len(value) > PACKAGES_MAX:
        raise InvalidValueError(
            f"Native plugins are one object of at most {PACKAGES_MAX} names and versions."
        )
    for name, version in value.items():
        if not isinstance(name, str) or not _NAME.match(name):
            raise InvalidValueError(f"{str(name)[:60]!r} isn't the name of an npm package.")
        if not isinstance(version, str) or not _is_version(version):
            raise InvalidValueError(f"The version of {name} is one such as 6.0.2, not a range.")
    return {name: value[name] for name in sorted(value)}


def native_packages_read(data: bytes) -> dict[str, str]:
    """Read a list of plugins from JSON.

    Raises:
        InvalidValueError: It's none.
    """
    if len(data) > TEXT_MAX:
        raise InvalidValueError("The list of native plugins is too long.")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidValueError("The list of native plugins isn't JSON.") from error
    return native_packages_check(value)


def native_packages_typed(text: str) -> dict[str, str] | None:
    """Read a list of plugins as people paste it: JSON, or a line for each; nothing is None, not "none".

    Raises:
        InvalidValueError: It's neither.
    """
    text = text.strip()
    if not text:
        return None
    if text.startswith("{"):
        return native_packages_read(text.encode())
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = _LINE.match(line)
        if match is None or match[1] in found:
            raise InvalidValueError(f"A line is a name and a version, each name once. Line: {line[:60]}")
        found[match[1]] = match[2]
    return native_packages_check(found)


def native_fingerprint(plugins: Mapping[str, str] | None) -> str:
    """Hash a list of plugins, so that two are compared at a glance; empty: nobody said."""
    return "" if plugins is None else sha256_hex(canonical_json(plugins))


def _is_version(text: str) -> bool:
    is_plain = len(text) <= _VERSION_MAX and text.isascii() and text.isprintable()
    return is_plain and native_version_parse(text) is not None


def _generation(version: Version) -> tuple[int, int, int]:
    if version.major >= _STABLE:
        return version.major, 0, 0
    return (0, version.minor, 0) if version.minor else (0, 0, version.patch)
