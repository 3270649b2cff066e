"""Tiles (C2SP tlog-tiles): the tree in pieces of 256 hashes, each a subtree of height 8.

A tile of level 0 has the hashes of 256 consecutive leaves, one of level n the roots of 256 consecutive full
tiles of level n - 1. What lies between is hashed anew whenever it's needed. Partial tiles aren't stored.
"""

from dataclasses import dataclass
from typing import Final

from compliance.ledger.domain.merkle import HASH_BYTES, node_hash
from compliance.ledger.errors import ProofError

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES


@dataclass(frozen=True)
class TileAddress:
    """Where a node of the tree is: `tile_node(data, height, offset)` of this tile's data."""

    level: int
    index: int
    height: int
    offset: int


def tile_address(level: int, index: int) -> TileAddress:
    """Say in which tile the perfect subtree of 2**level leaves at `index` has its root."""
    tile_level, height = divmod(level, TILE_HEIGHT)
    within = TILE_HEIGHT - height  # so many levels below the tile's own root
    return TileAddress(tile_level, index >> within, height, index & ((1 << within) - 1))


def tile_node(data: bytes, height: int, offset: int) -> bytes:
    """Compute an inner node from a tile's hashes: the root of 2**height of them, the `offset`th such group.

    Raises:
        ProofError: The tile doesn't reach that far.
    """
    begin, end = (offset << height) * HASH_BYTES, (offset + 1 << height) * HASH_BYTES
    if end > len(data):
        raise ProofError(f"A tile of {len(data)} bytes has no node {offset} at height {height}.")
    hashes = [data[at : at + HASH_BYTES] for at in range(begin, end, HASH_BYTES)]
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def tile_root(data: bytes) -> bytes:
    """Compute the root of a full tile, which is one hash of a tile of the level above.

    Raises:
        ProofError: The tile isn't full.
    """
    if len(data) != TILE_BYTES:
        raise ProofError(f"A full tile has {TILE_BYTES} bytes, not {len(data)}.")
    return tile_node(data, TILE_HEIGHT, 0)


def tiles_filled(before: int, after: int) -> list[tuple[int, int]]:
    """Name level and index of each tile that becomes full as a log grows, the lower levels first."""
    filled: list[tuple[int, int]] = []
    level = 0
    while after >= TILE_WIDTH:
        before, after = before // TILE_WIDTH, after // TILE_WIDTH
        filled += [(level, index) for index in range(before, after)]
        level += 1
    return filled
