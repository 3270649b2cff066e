"""Who relies on proofs of the log. The ledger knows none of them: each says at start-up what it holds."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from compliance.ledger.domain.held_proofs import HeldProof

ProofHolder = Callable[[], Iterable[HeldProof]]

_holders: Final[list[ProofHolder]] = []


def proof_holder_register(holder: ProofHolder) -> None:
    """Have what `holder` lists verified with the log; called from an app's `ready`."""
    _holders.append(holder)


def proofs_held() -> Iterator[HeldProof]:
    """List all of it.

    Yields:
        Proofs, nothing of them verified.
    """
    for holder in _holders:
        yield from holder()
