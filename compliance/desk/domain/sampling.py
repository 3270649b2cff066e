"""Samples that nobody chose: drawn from the log by a root that wasn't known when the sample was ordered.

Each entry of the population gets a rank, the SHA-256 of the seed and its sequence; those with the lowest
ranks are the sample. The seed hangs on the root of the first checkpoint that covers the order itself, so
whoever orders can't foresee it, and a second order is on the log beside the first. An auditor recomputes it
with any SHA-256 tool (docs/compliance-desk.md).
"""

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_LABEL: Final = "Release Console sample v1"


@dataclass(frozen=True, slots=True)
class Population:
    """Which entries a sample is drawn from.

    Attributes:
        action: All have this action.
        app_id: And are of this app; empty: of any.
        begins_at: Their time from this on, as the log writes times.
        ends_at: And before this.
        before: Their sequence is below this, that of the order.
    """

    action: str
    app_id: str
    begins_at: str
    ends_at: str
    before: int

    def words(self) -> str:
        """Write it on one line; part of the seed."""
        return f"{self.action} {self.app_id or '*'} {self.begins_at} {self.ends_at} {self.before}"


def sample_seed(*, origin: str, size: int, root: bytes, population: Population) -> bytes:
    """Derive the seed from a checkpoint and from what is drawn: 32 bytes."""
    lines = (_LABEL, origin, str(size), root.hex(), population.words())
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).digest()


def sample_draw(*, seed: bytes, sequences: Iterable[int], count: int) -> list[int]:
    """Choose `count` entries, or all where there are fewer; in the order of the log."""
    return sorted(heapq.nsmallest(count, sequences, key=lambda sequence: _rank(seed, sequence)))


def _rank(seed: bytes, sequence: int) -> bytes:
    return hashlib.sha256(seed + str(sequence).encode()).digest()
