"""The tree against RFC 6962's own text, against pymerkle, and against whoever bends a proof."""

from collections.abc import Callable
from functools import cache

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.ledger.domain.merkle import (
    EMPTY_ROOT,
    CompactRange,
    consistency_check,
    consistency_proof,
    inclusion_check,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_of,
    tree_root,
)
from compliance.ledger.errors import ProofError
from tests.support.audit_tree import textbook_path, textbook_proof, textbook_root

SIZES = range(1, 70)
ENTRIES = [f"entry {number}".encode() for number in range(700)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
NODE = nodes_of(LEAVES)


@cache
def root(size: int) -> bytes:
    return tree_root(size, NODE)


@cache
def pymerkle_tree() -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    tree.append_entries(ENTRIES)
    return tree


def included(leaf: bytes, index: int, size: int, proof: list[bytes], tree_hash: bytes) -> bool:
    return holds(lambda: inclusion_check(leaf=leaf, index=index, size=size, proof=proof, root=tree_hash))


def continued(first: int, second: int, proof: list[bytes], first_root: bytes, second_root: bytes) -> bool:
    return holds(
        lambda: consistency_check(
            first=first, second=second, proof=proof, first_root=first_root, second_root=second_root
        )
    )


def holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except ProofError:
        return False
    return True


def flipped(data: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(data))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_the_known_trees_of_certificate_transparency_come_out(size: int, expected: str) -> None:
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", bytes(range(96, 112)).hex()]
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in entries]
    assert tree_root(size, nodes_of(leaves)).hex() == expected


def test_roots_and_proofs_of_all_small_trees_are_those_of_the_rfc() -> None:
    for size in SIZES:
        assert root(size) == textbook_root(ENTRIES[:size]) == pymerkle_tree().get_root(size)
        for index in range(size):
            assert inclusion_proof(index, size, NODE) == textbook_path(index, ENTRIES[:size])
        for first in range(1, size + 1):
            assert consistency_proof(first, size, NODE) == textbook_proof(first, ENTRIES[:size])


def test_in_all_small_trees_a_proof_of_inclusion_holds_for_its_entry_at_its_place_only() -> None:
    for size in SIZES:
        for index in range(size):
            proof = inclusion_proof(index, size, NODE)
            places = [at for at in range(size) if included(LEAVES[index], at, size, proof, root(size))]
            others = [at for at in range(size) if included(LEAVES[at], index, size, proof, root(size))]
            assert (places, others) == ([index], [index])


def test_in_all_small_trees_a_proof_of_consistency_holds_for_its_sizes_only() -> None:
    for second in SIZES:
        for first in range(1, second):
            proof = consistency_proof(first, second, NODE)
            pairs = [*((m, second) for m in range(1, second)), (first, second + 1)]
            assert [(m, n) for m, n in pairs if continued(m, n, proof, root(m), root(n))] == [(first, second)]


def test_in_all_small_trees_a_proof_of_inclusion_holds_under_its_own_checkpoint_only() -> None:
    for size in SIZES:
        for index in range(0, size, 3):
            proof = inclusion_proof(index, size, NODE)
            others = [n for n in SIZES if included(LEAVES[index], index, n, proof, root(n))]
            assert others == [size]


@settings(max_examples=40)
@given(data=st.data(), size=st.integers(1, len(ENTRIES)))
def test_pymerkle_makes_the_same_trees_and_believes_them(data: st.DataObject, size: int) -> None:
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    theirs = pymerkle_tree().prove_inclusion(index + 1, size)
    assert theirs.path[1:] == inclusion_proof(index, size, NODE)
    pymerkle.verify_inclusion(LEAVES[index], root(size), theirs, index=index + 1, size=size)
    pymerkle.verify_consistency(
        root(first),
        root(size),
        pymerkle_tree().prove_consistency(first, size),
        prior_size=first,
        later_size=size,
    )
    assert continued(
        first,
        size,
        consistency_proof(first, size, NODE),
        pymerkle_tree().get_root(first),
        pymerkle_tree().get_root(size),
    )


@given(data=st.data(), size=st.integers(1, len(ENTRIES)))
def test_a_flipped_bit_anywhere_breaks_a_proof_of_inclusion(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = [LEAVES[index], root(size), *inclusion_proof(index, size, NODE)]
    assert included(hashes[0], index, size, hashes[2:], hashes[1])
    place = data.draw(st.integers(0, len(hashes) - 1))
    hashes[place] = flipped(hashes[place], data.draw(st.integers(0, 255)))
    assert not included(hashes[0], index, size, hashes[2:], hashes[1])


@given(data=st.data(), second=st.integers(1, len(ENTRIES)))
def test_a_flipped_bit_anywhere_breaks_a_proof_of_consistency(data: st.DataObject, second: int) -> None:
    first = data.draw(st.integers(1, second))
    hashes = [root(first), root(second), *consistency_proof(first, second, NODE)]
    assert continued(first, second, hashes[2:], hashes[0], hashes[1])
    place = data.draw(st.integers(0, len(hashes) - 1))
    hashes[place] = flipped(hashes[place], data.draw(st.integers(0, 255)))
    assert not continued(first, second, hashes[2:], hashes[0], hashes[1])


@given(data=st.data(), size=st.integers(2, len(ENTRIES)))
def test_a_proof_with_a_hash_more_or_less_is_refused(data: st.DataObject, size: int) -> None:
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    way, proof = inclusion_proof(index, size, NODE), consistency_proof(first, size, NODE)
    at = data.draw(st.integers(0, len(way)))
    for bent in (way[:-1], way[1:], [*way[:at], LEAVES[0], *way[at:]], way * 2):
        assert not included(LEAVES[index], index, size, bent, root(size))
    for bent in (proof[:-1], proof[1:], [*proof, LEAVES[0]], [LEAVES[0], *proof], []):
        assert not continued(first, size, bent, root(first), root(size))


def test_the_size_says_how_long_the_way_up_is_whatever_root_comes_out() -> None:
    extra = LEAVES[9]
    assert not included(LEAVES[1], 0, 1, [LEAVES[0]], root(2))
    assert not included(root(2), 0, 2, [], root(2))
    assert not included(root(2), 0, 4, [NODE(1, 1)], root(4))
    longer = [*consistency_proof(3, 4, NODE), extra]
    assert not continued(3, 4, longer, node_hash(extra, root(3)), node_hash(extra, root(4)))
    assert not continued(3, 4, [LEAVES[2], LEAVES[3]], LEAVES[2], NODE(1, 1))


def test_bytes_moved_from_one_hash_to_its_neighbour_are_refused() -> None:
    (sibling,) = inclusion_proof(0, 2, NODE)
    assert not included(LEAVES[0] + sibling[:1], 0, 2, [sibling[1:]], root(2))


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (-1, 1), (1, 1), (6, 1)])
def test_an_index_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        inclusion_proof(index, size, NODE)
    assert not included(LEAVES[0], index, size, [], LEAVES[0])


@pytest.mark.parametrize(("first", "second"), [(-1, 5), (6, 5), (-2, -1), (2, 1)])
def test_sizes_in_the_wrong_order_are_refused(first: int, second: int) -> None:
    with pytest.raises(ProofError):
        consistency_proof(first, second, NODE)
    assert not continued(first, second, [], root(5), root(5))


def test_every_log_continues_the_empty_one_and_itself_without_a_proof() -> None:
    assert consistency_proof(0, 9, NODE) == consistency_proof(9, 9, NODE) == []
    assert continued(0, 9, [], EMPTY_ROOT, root(9))
    assert continued(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    assert continued(9, 9, [], root(9), root(9))


@pytest.mark.parametrize(
    ("first", "second", "proof", "first_root", "second_root"),
    [
        pytest.param(0, 9, [LEAVES[0]], EMPTY_ROOT, root(9), id="a proof of nothing"),
        pytest.param(0, 9, [], root(1), root(9), id="an empty log with a root"),
        pytest.param(0, 0, [], EMPTY_ROOT, root(1), id="an empty log with another root"),
        pytest.param(9, 9, [], root(9), root(8), id="two roots of one size"),
        pytest.param(9, 9, [LEAVES[0]], root(9), root(9), id="a proof of the same"),
    ],
)
def test_the_trivial_cases_are_checked_too(
    first: int, second: int, proof: list[bytes], first_root: bytes, second_root: bytes
) -> None:
    assert not continued(first, second, proof, first_root, second_root)


@given(start=st.integers(0, len(ENTRIES)))
def test_a_compact_range_follows_the_tree_from_wherever_it_begins(start: int) -> None:
    tree = CompactRange.resume(start, NODE)
    for leaf in LEAVES[start:]:
        tree.append(leaf)
    assert (tree.size, tree.root()) == (len(ENTRIES), root(len(ENTRIES)))


def test_a_compact_range_has_the_root_of_each_size_on_its_way() -> None:
    tree = CompactRange()
    assert tree.root() == EMPTY_ROOT
    for leaf in LEAVES[:300]:
        tree.append(leaf)
        assert tree.root() == root(tree.size)


def test_a_compact_range_takes_nothing_but_hashes() -> None:
    with pytest.raises(ProofError):
        CompactRange().append(b"entry")
