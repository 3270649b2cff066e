"""Full tiles, recomputed leaf by leaf while a log streams by; in memory for one tile a level."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from compliance.ledger.domain.merkle import HASH_BYTES
from compliance.ledger.domain.tiles import TILE_BYTES, TILE_HEIGHT, TILE_WIDTH, tile_root


@dataclass(frozen=True, slots=True)
class FullTile:
    """A tile as it has to be."""

    level: int
    index: int
    data: bytes
    root: bytes

    @property
    def first(self) -> int:
        """The first entry below it."""
        return self.index << TILE_HEIGHT * (self.level + 1)


class TileStream:
    """Takes leaf hashes in their order and hands out each tile as it becomes full."""

    def __init__(self) -> None:
        self._open: list[bytearray] = []
        self._full: list[int] = []  # of each level, the tiles that went before

    @classmethod
    def resume(cls, size: int, hashes: Callable[[int, int], bytes]) -> Self:
        """Stand behind `size` leaves; `hashes` reads what the tiles that aren't full then begin with."""
        stream, level = cls(), 0
        while size:
            size, rest = divmod(size, TILE_WIDTH)
            stream._full.append(size)
            stream._open.append(bytearray(hashes(level, size)[: rest * HASH_BYTES] if rest else b""))
            level += 1
        return stream

    def extend(self, leaves: Sequence[bytes]) -> Iterator[FullTile]:
        """Take further leaves.

        Yields:
            Each tile that they fill, those below before the one above.
        """
        for begin in range(0, len(leaves), TILE_WIDTH):
            yield from self._add(0, b"".join(leaves[begin : begin + TILE_WIDTH]))

    def _add(self, level: int, hashes: bytes) -> Iterator[FullTile]:
        # At most a tile's width, so that at most one tile of this level becomes full.
        if level == len(self._open):
            self._open.append(bytearray())
            self._full.append(0)
        filling = self._open[level]
        filling += hashes
        if len(filling) < TILE_BYTES:
            return
        data, index = bytes(filling[:TILE_BYTES]), self._full[level]
        del filling[:TILE_BYTES]
        self._full[level] += 1
        tile = FullTile(level, index, data, tile_root(data))
        yield tile
        yield from self._add(level + 1, tile.root)
