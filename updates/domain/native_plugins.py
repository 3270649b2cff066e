"""Native plugins: what a bundle needs, what a build has, and whether the one runs in the other.

A bundle's web code was built against certain versions of native plugins and calls into them. A build that
lacks one, or has an older or an incompatible one, breaks where it's called; that is npm's caret rule.
"""

from collections.abc import Mapping
from typing import Final

from semver import Version

from updates.domain.version import native_version_parse

_STABLE: Final = 1  # before the first major version, each minor one may break


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


def _generation(version: Version) -> tuple[int, int, int]:
    if version.major >= _STABLE:
        return version.major, 0, 0
    return (0, version.minor, 0) if version.minor else (0, 0, version.patch)
