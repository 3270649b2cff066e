from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.ledger.domain.merkle import leaf_hash, nodes_of, tree_root
from compliance.ledger.domain.tiles import (
    TILE_BYTES,
    TILE_WIDTH,
    TileAddress,
    tile_address,
    tile_node,
    tile_root,
    tiles_filled,
)
from compliance.ledger.errors import ProofError

SIZE = TILE_WIDTH * TILE_WIDTH + 300  # the first tile of level 1 is full


@cache
def leaves() -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(SIZE)]


@cache
def tiles() -> dict[tuple[int, int], bytes]:
    """All full tiles, each made of what is below it, as a log makes them while it grows."""
    made: dict[tuple[int, int], bytes] = {}
    for level, index in tiles_filled(0, SIZE):
        members = range(index * TILE_WIDTH, (index + 1) * TILE_WIDTH)
        made[level, index] = b"".join(
            tile_root(made[level - 1, each]) if level else leaves()[each] for each in members
        )
    return made


def node(level: int, index: int) -> bytes:
    """A node as a log reads it: out of a full tile, else out of the hashes that no full tile has yet."""
    address = tile_address(level, index)
    full = tiles().get((address.level, address.index))
    return tile_node(full or partial(address.level, address.index), address.height, address.offset)


def partial(level: int, index: int) -> bytes:
    members = range(index * TILE_WIDTH, SIZE // TILE_WIDTH**level)
    return b"".join(tile_root(tiles()[level - 1, each]) if level else leaves()[each] for each in members)


@settings(max_examples=200)
@given(data=st.data())
def test_every_perfect_subtree_is_found_in_a_tile(data: st.DataObject) -> None:
    level = data.draw(st.integers(0, 15))
    index = data.draw(st.integers(0, (SIZE >> level) - 1))
    assert node(level, index) == nodes_of(leaves()[index << level : index + 1 << level])(level, 0)


def test_a_tree_of_tiles_has_the_root_of_its_leaves() -> None:
    plain = nodes_of(leaves())
    whole = [TILE_WIDTH * TILE_WIDTH, TILE_WIDTH, SIZE - 1]
    assert [tree_root(size, node) for size in whole] == [tree_root(size, plain) for size in whole]


@pytest.mark.parametrize(
    ("level", "index", "address"),
    [
        (0, 0, TileAddress(0, 0, 0, 0)),
        (0, 257, TileAddress(0, 1, 0, 1)),
        (7, 3, TileAddress(0, 1, 7, 1)),
        (8, 3, TileAddress(1, 0, 0, 3)),
        (17, 128, TileAddress(2, 1, 1, 0)),
    ],
)
def test_a_node_has_one_tile(level: int, index: int, address: TileAddress) -> None:
    assert tile_address(level, index) == address


def test_the_example_of_the_specification_has_its_full_tiles() -> None:
    assert [sum(level == each for level, _ in tiles_filled(0, 70_000)) for each in range(3)] == [273, 1, 0]


@given(sizes=st.lists(st.integers(0, 300_000), min_size=2, max_size=5))
def test_a_log_that_grows_in_steps_fills_the_same_tiles_once(sizes: list[int]) -> None:
    steps = [0, *sorted(sizes)]
    filled = [tile for before, after in pairwise(steps) for tile in tiles_filled(before, after)]
    assert sorted(filled) == sorted(tiles_filled(0, steps[-1]))


@pytest.mark.parametrize("size", [0, 32, TILE_BYTES - 32, TILE_BYTES + 32])
def test_only_a_full_tile_has_a_root(size: int) -> None:
    with pytest.raises(ProofError):
        tile_root(bytes(size))


@pytest.mark.parametrize(("height", "offset"), [(0, 3), (1, 1), (8, 0)])
def test_a_partial_tile_has_no_nodes_beyond_its_end(height: int, offset: int) -> None:
    with pytest.raises(ProofError):
        tile_node(bytes(3 * 32), height, offset)
