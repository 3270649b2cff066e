"""Which updater plugins can leave a downloaded bundle for the built-in one when they are told to."""

from functools import lru_cache
from typing import Final

from updates.domain.version import native_version_parse

# The first that follows `builtin`; what comes before takes it for a bundle that it has to download.
_FIRST: Final = native_version_parse("6.2.0")


@lru_cache(maxsize=1024)
def knows_way_back(plugin_version: str) -> bool:
    """Tell whether this version of `@capgo/capacitor-updater` can; one that can't be read counts as new."""
    version = native_version_parse(plugin_version)
    return version is None or _FIRST is None or version >= _FIRST
