"""How large a bundle may be."""

from dataclasses import dataclass
from typing import Final

# Deflate reaches 1,032 to 1; web content stays below 20 to 1. Small files may be as regular as they like.
RATIO_MAX: Final = 200
RATIO_FREE_BYTES: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """What a deployment accepts: the zip's bytes, the bytes of all its files, and their number."""

    max_bytes: int
    max_unpacked_bytes: int
    max_entries: int

    def is_bomb(self, *, packed: int, unpacked: int) -> bool:
        """Whether so few bytes should never have become so many."""
        return unpacked > RATIO_FREE_BYTES and unpacked > packed * RATIO_MAX
