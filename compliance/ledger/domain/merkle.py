"""The Merkle tree of RFC 6962 (section 2.1) over the log's entries: hashes, roots, proofs and their checks.

Trees know hashes only: whoever verifies hashes the stored bytes himself, since a check of the tree alone says
nothing about content that was edited. Proofs are checked by the algorithms of RFC 9162 (sections 2.1.3.2 and
2.1.4.2), which take the place in the tree from index and size, not from the proof.
docs/audit-log-format.md says the same in words.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, Self, TypeAlias

from compliance.ledger.errors import ProofError

# (level, index) -> the hash of the perfect subtree of 2**level leaves that begins at leaf index * 2**level.
NodeSource: TypeAlias = Callable[[int, int], bytes]

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry's bytes as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours into their parent; its own prefix keeps a node from passing for a leaf."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes_of(leaves: Sequence[bytes]) -> NodeSource:
    """Serve the nodes above leaf hashes that are all in memory."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)])
    return lambda level, index: levels[level][index]


def tree_root(size: int, node: NodeSource) -> bytes:
    """Compute the root of the first `size` leaves."""
    return _range_root(0, size, node)


def inclusion_proof(index: int, size: int, node: NodeSource) -> list[bytes]:
    """Prove that the leaf at `index` is in the tree of `size` leaves: siblings on its way up, lowest first.

    Raises:
        ProofError: There is no such leaf in that tree.
    """
    if not 0 <= index < size:
        raise ProofError(f"There is no entry {index} in a log of {size}.")
    begin, end = 0, size
    proof: list[bytes] = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            proof.append(_range_root(middle, end, node))
            end = middle
        else:
            proof.append(_range_root(begin, middle, node))
            begin = middle
    return proof[::-1]


def consistency_proof(first: int, second: int, node: NodeSource) -> list[bytes]:
    """Prove that the tree of `second` leaves begins with the tree of `first`: it was only appended to.

    From an empty tree, and from a tree to itself, the proof is empty.

    Raises:
        ProofError: The second tree is the smaller one.
    """
    if not 0 <= first <= second:
        raise ProofError(f"A log of {second} entries can't continue one of {first}.")
    if first == 0:
        return []
    begin, end = 0, second
    proof: list[bytes] = []
    while first != end:
        middle = begin + _split(end - begin)
        if first <= middle:
            proof.append(_range_root(middle, end, node))
            end = middle
        else:
            proof.append(_range_root(begin, middle, node))
            begin = middle
    if begin:  # otherwise what is left is the first tree itself, whose root the checker has
        proof.append(_range_root(begin, end, node))
    return proof[::-1]


def inclusion_check(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` is the leaf hash at `index` of the tree with `size` leaves and this root.

    Size and root belong together: both come from one signed checkpoint. Some proofs hold for several sizes,
    so a size from elsewhere proves nothing.

    Raises:
        ProofError: It isn't, or the proof doesn't show it.
    """
    if not 0 <= index < size:
        raise ProofError(f"There is no entry {index} in a log of {size}.")
    _hashes_check((leaf, root, *proof))
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("The proof is longer than the way up the tree.")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            place, last = _skip_lone_levels(place, last)
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last or node != root:
        raise ProofError(f"Entry {index} isn't in this log of {size}.")


def consistency_check(
    *, first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> None:
    """Check that the tree of `second` leaves begins with the tree of `first` leaves.

    An empty first tree is a beginning of every tree: such a check says nothing about the second root.

    Raises:
        ProofError: It doesn't, or the proof doesn't show it.
    """
    if not 0 <= first <= second:
        raise ProofError(f"A log of {second} entries can't continue one of {first}.")
    _hashes_check((first_root, second_root, *proof))
    if first in {0, second}:
        expected = EMPTY_ROOT if first == 0 else second_root
        if proof or first_root != expected or (second == 0 and second_root != EMPTY_ROOT):
            raise ProofError(f"The log of {second} entries doesn't continue that of {first}.")
        return
    # A perfect first tree is a node of the second one; its root, which is known, was left out of the proof.
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path or _both_roots(first, second, path) != (first_root, second_root):
        raise ProofError(f"The log of {second} entries doesn't continue that of {first}.")


def _both_roots(first: int, second: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    earlier = later = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("The proof is longer than the way up the tree.")
        if place & 1 or place == last:
            earlier, later = node_hash(sibling, earlier), node_hash(sibling, later)
            place, last = _skip_lone_levels(place, last)
        else:
            later = node_hash(later, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("The proof is shorter than the way up the tree.")
    return earlier, later


class CompactRange:
    """The root of a tree that grows leaf by leaf, in memory for one hash a level."""

    __slots__ = ("_roots", "size")

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []  # of the perfect subtrees that make up the tree, largest first

    @classmethod
    def resume(cls, size: int, node: NodeSource) -> Self:
        """Stand where a tree of `size` leaves ends, to append further ones."""
        tree = cls()
        tree.size, tree._roots = size, _perfect_roots(0, size, node)
        return tree

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash.

        Raises:
            ProofError: It isn't a hash.
        """
        if len(leaf) != HASH_BYTES:
            raise ProofError(f"A hash has {HASH_BYTES} bytes, not {len(leaf)}.")
        # node_hash is spelled out: this loop runs once an entry, a million times in a verification.
        roots, sha256, full, node = self._roots, hashlib.sha256, self.size, leaf
        while full & 1:
            node = sha256(b"\x01" + roots.pop() + node).digest()
            full >>= 1
        roots.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Compute the root of what was appended so far."""
        return _fold(self._roots)


def _split(width: int) -> int:
    """Say how many of `width` leaves are on the left: RFC 6962's k, the largest power of two below it."""
    return 1 << ((width - 1).bit_length() - 1)


def _range_root(begin: int, end: int, node: NodeSource) -> bytes:
    return _fold(_perfect_roots(begin, end, node))


def _perfect_roots(begin: int, end: int, node: NodeSource) -> list[bytes]:
    """Fetch the perfect subtrees that make up a range, largest first."""
    roots: list[bytes] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        roots.append(node(level, begin >> level))
        begin += 1 << level
    return roots


def _fold(roots: Sequence[bytes]) -> bytes:
    """Join perfect subtrees from the right, where the small ones are."""
    *rest, root = roots or (EMPTY_ROOT,)
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def _skip_lone_levels(place: int, last: int) -> tuple[int, int]:
    """Skip the levels on which the last node has no sibling and moves up as it is."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _hashes_check(hashes: Sequence[bytes]) -> None:
    # 31 and 33 bytes side by side would hash like 32 and 32.
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofError(f"A hash in this proof hasn't {HASH_BYTES} bytes.")
