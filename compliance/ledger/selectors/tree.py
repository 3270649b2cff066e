"""The nodes of the tree, as proofs and checkpoints need them."""

from django.db.models import Max

from compliance.ledger.domain.tiles import TILE_WIDTH, tile_address, tile_node
from compliance.ledger.models import AuditLeaf, AuditTile


def tree_size() -> int:
    """Count the entries that have their place."""
    last: int | None = AuditLeaf.objects.aggregate(last=Max("sequence"))["last"]
    return 0 if last is None else last + 1


def tile_hashes(level: int, index: int) -> bytes:
    """Read the hashes that a tile is made of, as many as there are yet."""
    start, end = index * TILE_WIDTH, (index + 1) * TILE_WIDTH
    if level == 0:
        leaves = AuditLeaf.objects.filter(sequence__gte=start, sequence__lt=end).order_by("sequence")
        return b"".join(leaves.values_list("leaf_hash", flat=True))
    tiles = AuditTile.objects.filter(level=level - 1, index__gte=start, index__lt=end).order_by("index")
    return b"".join(tiles.values_list("root", flat=True))


class TreeReader:
    """Reads nodes of perfect subtrees, each tile once; for one proof or checkpoint, then thrown away."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of the perfect subtree of 2**level entries at `index`.

        Raises:
            ProofError: The log isn't that long.
        """
        place = tile_address(level, index)
        key = place.level, place.index
        if key not in self._tiles:
            self._tiles[key] = _tile_stored(*key) or tile_hashes(*key)
        return tile_node(self._tiles[key], place.height, place.offset)


def _tile_stored(level: int, index: int) -> bytes:
    data = AuditTile.objects.filter(level=level, index=index).values_list("data", flat=True).first()
    return bytes(data or b"")
