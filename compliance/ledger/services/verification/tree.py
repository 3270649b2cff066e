"""The tree over the entries that were read: its root wherever somebody said what it is, and its tiles."""

from collections.abc import Iterator, Sequence
from typing import Final

from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.merkle import HASH_BYTES, CompactRange, consistency_check, consistency_proof
from compliance.ledger.domain.tile_stream import FullTile, TileStream
from compliance.ledger.domain.tiles import TILE_HEIGHT
from compliance.ledger.domain.verification import Check, Findings
from compliance.ledger.errors import ProofError
from compliance.ledger.selectors.stored_log import tiles_stored
from compliance.ledger.selectors.tree import TreeReader, tile_hashes
from compliance.ledger.services.verification.expectations import Expected


class TreeWatch:
    """Takes leaf hashes in their order, from a checkpoint that is trusted on.

    Attributes:
        newest: The largest checkpoint that holds.
    """

    def __init__(self, findings: Findings, since: Checkpoint | None, expected: Iterator[Expected]) -> None:
        self._findings: Final = findings
        self._since: Final = since
        self._expected: Final = expected
        self._next: Expected | None = None
        self._holds_to = since.size if since else 0
        self._was_wrong = False
        self._is_broken = False
        self.newest = since
        self._tree = CompactRange()
        self._tiles = TileStream()

    def begin(self) -> None:
        """Stand where the trusted checkpoint ends, after making sure that it's this tree's."""
        if self._since:
            size = self._since.size
            try:
                self._tree = CompactRange.resume(size, TreeReader().node)
                self._tiles = TileStream.resume(size, tile_hashes)
            except ProofError:
                self._is_broken = True
            if self._is_broken or self._tree.root() != self._since.root:
                self._findings.add(
                    Check.CHECKPOINT,
                    f"The log doesn't begin with the {size} entries that were trusted.",
                    0,
                    size - 1,
                )
        self._next = next(self._expected, None)
        while self._next and self._since and self._next.size < self._since.size:
            self._earlier_check(self._next, self._since)
            self._next = next(self._expected, None)
        self._roots_check()

    def take(self, leaves: Sequence[bytes]) -> None:
        """Append leaf hashes."""
        if self._is_broken:
            return
        append, tree = self._tree.append, self._tree
        begin = 0
        while begin < len(leaves):
            until = self._next.size - tree.size if self._next else len(leaves)
            some = leaves[begin : begin + until]
            for leaf in some:
                append(leaf)
            begin += len(some)
            self._roots_check()
        self._tiles_check(list(self._tiles.extend(leaves)))

    def stop(self) -> None:
        """Give up: an entry is missing, so no root after it can be computed."""
        self._is_broken = True

    def end(self, size: int) -> None:
        """Judge what was said of a log that is longer than this one."""
        while self._next:
            if self._next.size > size:
                said = f"{self._next.by} is of {self._next.size} entries, and the log has {size}"
                self._findings.add(self._next.check, f"{_sentence(said)}: the rest is gone.", size)
                if self._next.check is Check.CHECKPOINT:  # further ones say the same
                    return
            self._next = next(self._expected, None)

    def _roots_check(self) -> None:
        while self._next and self._next.size == self._tree.size and not self._is_broken:
            self._root_check(self._next, self._tree.root())
            self._next = next(self._expected, None)

    def _root_check(self, said: Expected, root: bytes) -> None:
        is_stored = said.check is Check.CHECKPOINT
        if said.root == root:
            self._holds_to = said.size
            if is_stored:
                self.newest, self._was_wrong = Checkpoint(said.origin, said.size, root), False
            return
        if not (is_stored and self._was_wrong):  # one change makes all later roots other ones
            where = f"what differs is among entries {self._holds_to} to {said.size - 1}"
            self._findings.add(
                said.check,
                f"{_sentence(said.by)} of {said.size} entries isn't of this log: {where}.",
                min(self._holds_to, said.size - 1),
                said.size - 1,
            )
        self._was_wrong = self._was_wrong or is_stored

    def _earlier_check(self, said: Expected, since: Checkpoint) -> None:
        """Hold a root before the trusted one against that by a proof: it needs no other entries."""
        try:
            consistency_check(
                first=said.size,
                second=since.size,
                proof=consistency_proof(said.size, since.size, TreeReader().node),
                first_root=said.root,
                second_root=since.root,
            )
        except ProofError:
            told = f"{_sentence(said.by)} of {said.size} entries isn't of this log."
            self._findings.add(said.check, told, 0, said.size - 1)

    def _tiles_check(self, tiles: Sequence[FullTile]) -> None:
        level0 = [tile for tile in tiles if tile.level == 0]
        for some in (level0, *([tile] for tile in tiles if tile.level)):
            if some:
                stored = tiles_stored(level=some[0].level, first=some[0].index, last=some[-1].index)
                for tile in some:
                    self._tile_check(tile, stored.get(tile.index))

    def _tile_check(self, tile: FullTile, stored: tuple[bytes, bytes] | None) -> None:
        if stored == (tile.data, tile.root):
            return
        name = f"Tile {tile.level}/{tile.index}"
        if stored is None:
            self._findings.add(Check.TILE, f"{name} is missing.", tile.first)
        elif stored[0] == tile.data:
            self._findings.add(Check.TILE, f"{name} has another root than its hashes have.", tile.first)
        else:
            below = _first_difference(stored[0], tile.data) << TILE_HEIGHT * tile.level
            self._findings.add(Check.TILE, f"{name} differs from the entries below.", tile.first + below)


def _first_difference(stored: bytes, right: bytes) -> int:
    """Say which hash of a tile is the first that isn't what it has to be."""
    for place in range(0, len(right), HASH_BYTES):
        if stored[place : place + HASH_BYTES] != right[place : place + HASH_BYTES]:
            return place // HASH_BYTES
    return 0


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]
