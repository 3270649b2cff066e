"""The signer's memory outside the database: what it signed last, so that it signs nothing that contradicts it.

Whoever restores an older database, or rewrites one, has a tree that doesn't go on from there: it isn't signed
(docs/audit-log-witness.md). The rules:

- File and Redis each remember a checkpoint. What is signed next must contain both of them; the larger is
  `last`. Taking the larger alone for true would let who can write to Redis make the file forget.
- Two of one size with different roots, another origin, or a memory that can't be read: nothing is signed.
- Where one of the two is missing it's restored from the other. Where both are, the log begins only if the
  database holds no checkpoint either.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from django.conf import settings

from compliance.ledger.backends.witness_stores import RedisCopy, WitnessFile
from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.spellings import base64_write, hash_read
from compliance.ledger.errors import CheckpointError, WitnessError, WitnessMovedError
from releaseconsole.kernel.encoding import EncodingError, canonical_json

_MEMBERS: Final = frozenset({"origin", "size", "root"})


class HeldWitness:
    """The memory while nobody else on this host may change it; good within `witness_hold` only.

    Attributes:
        remembered: What file and Redis remember, smallest first. The tree must contain each of them before a
            checkpoint of it is signed.
    """

    def __init__(self, file: WitnessFile, copy: RedisCopy, remembered: Sequence[Checkpoint]) -> None:
        self.remembered: tuple[Checkpoint, ...] = tuple(remembered)
        self._file: Final = file
        self._copy: Final = copy

    @property
    def last(self) -> Checkpoint | None:
        """What was signed last, as far as anybody here remembers."""
        return self.remembered[-1] if self.remembered else None

    def advance(self, checkpoint: Checkpoint) -> None:
        """Remember a checkpoint that contains all that is remembered, before its signature leaves.

        Whether it contains them is the caller's to prove: a tree isn't known here. The same one again is
        fine: its signature may have been lost on the way.

        Raises:
            WitnessError: It can't be what follows, or can't be written down.
            WitnessMovedError: Another host has signed since this was taken hold of.
        """
        if self.last is not None:
            _follow_check(self.last, checkpoint)
        data = _compose(checkpoint)
        if not self._copy.replace(data):
            raise WitnessMovedError
        self._file.write(data)
        self.remembered = (checkpoint,)


@contextmanager
def witness_hold(*, expects_state: bool) -> Iterator[HeldWitness]:
    """Take hold of the memory; other processes of this host wait until it's let go.

    Never within a transaction: one who waits here would keep the database's locks from who is let in.

    Args:
        expects_state: Whether the database holds a checkpoint, so that a memory must be somewhere.

    Yields:
        The memory.

    Raises:
        WitnessError: It contradicts itself, can't be read, or is gone.
        WitnessMovedError: Another host was faster in restoring Redis' copy.
    """
    file = WitnessFile(settings.LEDGER_WITNESS_FILE)
    with file.locked():
        own, copy = file.read(), RedisCopy()
        found = [_parse(data) for data in (own, copy.data) if data is not None]
        found.sort(key=lambda each: each.size)
        if len(found) > 1:
            _follow_check(found[0], found[1])
        if expects_state and not found:
            raise WitnessError("Checkpoints were signed, but neither file nor Redis remembers the last one.")
        if own is None and copy.data is not None:
            file.write(copy.data)
        if copy.data is None and own is not None and not copy.replace(own):
            raise WitnessMovedError
        yield HeldWitness(file, copy, found if len(set(found)) > 1 else found[:1])


def witness_start_over(checkpoint: Checkpoint) -> None:
    """Remember this one instead of whatever was remembered, which is set aside; for the ceremony alone.

    Raises:
        WitnessError: It can't be written down.
        WitnessMovedError: Another host signed meanwhile.
    """
    file, data = WitnessFile(settings.LEDGER_WITNESS_FILE), _compose(checkpoint)
    with file.locked():
        if not RedisCopy().replace(data):
            raise WitnessMovedError
        file.set_aside()
        file.write(data)


def _follow_check(before: Checkpoint, after: Checkpoint) -> None:
    """Refuse what can't follow, as far as that can be seen without a tree."""
    if before.origin != after.origin:
        raise WitnessError(f"{before.origin} was signed last, so {after.origin} can't follow.")
    if after.size < before.size:
        raise WitnessError(f"{before.size} entries were signed already; a log of {after.size} is older.")
    if after.size == before.size and after.root != before.root:
        raise WitnessError(f"Another log of {before.size} entries was signed already.")


def _compose(checkpoint: Checkpoint) -> bytes:
    root = base64_write(checkpoint.root)
    return canonical_json({"origin": checkpoint.origin, "size": checkpoint.size, "root": root}) + b"\n"


def _parse(data: bytes) -> Checkpoint:
    try:
        told = json.loads(data)
        if told.keys() != _MEMBERS or type(told["size"]) is not int:
            raise WitnessError("What the witness remembers isn't a checkpoint.")
        checkpoint = Checkpoint(told["origin"], told["size"], hash_read(told["root"]))
        if _compose(checkpoint) != data:
            raise WitnessError("What the witness remembers was written by somebody else.")
    except (ValueError, TypeError, AttributeError, EncodingError, CheckpointError) as exc:
        raise WitnessError("What the witness remembers can't be read.") from exc
    return checkpoint
