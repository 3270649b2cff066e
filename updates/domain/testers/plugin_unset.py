"""Which versions of the Capgo plugin take `unset: true` in answer to `setChannel`, and forget their choice.

Others keep what they asked for and name it in every check. A join code that they keep names no channel, so
they are resolved by their membership all the same.
"""

from collections.abc import Mapping
from typing import Final

from updates.domain.version import native_version_parse

_SINCE: Final[Mapping[int, tuple[int, int]]] = {5: (43, 3), 6: (42, 9), 7: (43, 3), 8: (43, 11)}


def takes_unset(plugin_version: str) -> bool:
    """Tell whether a plugin of this version, as it says itself, takes it."""
    version = native_version_parse(plugin_version)
    if version is None:
        return False
    since = _SINCE.get(version.major)
    return (version.minor, version.patch) >= since if since else version.major > max(_SINCE)
