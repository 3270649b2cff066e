"""Proving any run of entries at once: the perfect subtrees left and right of it.

Whoever has the leaf hashes of entries `first` to before `end` joins them with these and gets the root of the
whole log. Sizes alone say where each subtree stands, so nothing can be shifted. One rule serves three times
in a pack: for its entries, for the one that orders it (a run of one), and for an earlier checkpoint (a run of
none, at its size: its left side is that log, both sides are this one).
docs/exports.md has it in words, offline/verify_pack.py is the other half.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.ledger.domain.merkle import NodeSource
from compliance.ledger.domain.spellings import base64_write


@dataclass(frozen=True, slots=True)
class RangeProof:
    """What is left and right of a run of entries.

    Attributes:
        first: Sequence of its first entry.
        left: Hashes of the perfect subtrees that make up the entries before it, in order.
        right: Those of the entries after it.
    """

    first: int
    left: tuple[bytes, ...]
    right: tuple[bytes, ...]

    def as_data(self) -> dict[str, Any]:
        """Write it for `proof.json`."""
        return {
            "first": self.first,
            "left": [base64_write(each) for each in self.left],
            "right": [base64_write(each) for each in self.right],
        }


def range_proof(first: int, end: int, size: int, node: NodeSource) -> RangeProof:
    """Prove entries `first` to before `end` of a log of `size`.

    Raises:
        ValueError: There is no such run in that log.
    """
    if not 0 <= first <= end <= size:
        raise ValueError(f"there are no entries {first} to {end} in a log of {size}")
    left = tuple(node(level, index) for level, index in subtrees(0, first))
    right = tuple(node(level, index) for level, index in subtrees(end, size))
    return RangeProof(first, left, right)


def subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Cover a run of entries by the fewest perfect subtrees, each where the tree itself has it.

    Yields:
        Level and index of each, in order.
    """
    while begin < end:
        widest = (end - begin).bit_length() - 1
        level = min(widest, (begin & -begin).bit_length() - 1) if begin else widest
        yield level, begin >> level
        begin += 1 << level
