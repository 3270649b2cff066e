"""The signer's memory outside the database: what it signed last, so that it signs nothing against it.

Whoever restores an older database, or rewrites one, has a tree that doesn't go on from there: it isn't signed
(docs/audit-log-witness.md). The rules:

- File and Redis each remember a checkpoint. What is signed next must contain both of them; the larger is
  `last`. Taking the larger alone for true would let who can write to Redis make the file forget.
- Two of one size with different roots, another origin, or a memory that can't be read: nothing is signed.
  Only a copy in Redis from before a restart gives way, to a file of the log that was begun by it.
- Where one of the two is missing it's restored from the other. Where both are, the log begins only if the
  database holds no checkpoint either.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from django.conf import settings

from compliance.ledger.backends.witness_stores import RedisCopy, WitnessFile
from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.epochs import is_later_epoch
from compliance.ledger.domain.spellings import base64_read, base64_write
from compliance.ledger.errors import CheckpointError, WitnessError, WitnessMovedError
from releaseconsole.kernel.encoding import EncodingError, canonical_json


class HeldWitness:
    """The memory while nobody else on this host may change it; good within `witness_hold` only.

    Attributes:
        remembered: What file and Redis remember, smallest first. The tree must contain each of them before a
            checkpoint of it is signed.
    """

    def __init__(
        self, file: WitnessFile, own: bytes | None, copy: RedisCopy, remembered: Sequence[Checkpoint]
    ) -> None:
        self.remembered: tuple[Checkpoint, ...] = tuple(remembered)
        self._own: Final = own
        self._file: Final = file
        self._copy: Final = copy

    @property
    def last(self) -> Checkpoint | None:
        """What was signed last, as far as anybody here remembers."""
        return self.remembered[-1] if self.remembered else None

    def restore(self) -> None:
        """Give whichever of file and Redis has nothing what the other one has.

        Raises:
            WitnessMovedError: Another host was faster.
        """
        if self.last is None:
            return
        if self._own is None:
            self._file.write(_compose(self.last))
        elif self._copy.data is None and not self._copy.replace(self._own):
            raise WitnessMovedError

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
        remembered = _remembered(own, copy.data)
        if expects_state and not remembered:
            raise WitnessError("Checkpoints were signed, but neither file nor Redis remembers the last one.")
        held = HeldWitness(file, own, copy, remembered)
        held.restore()
        yield held


def witness_remembered() -> tuple[Checkpoint, ...]:
    """Look at what is remembered, smallest first, without taking hold of it or mending anything.

    Raises:
        WitnessError: It can't be read, or contradicts itself.
    """
    return tuple(_remembered(WitnessFile(settings.LEDGER_WITNESS_FILE).read(), RedisCopy().data))


def witness_recall() -> list[Checkpoint]:
    """Read whatever of the memory can be read, contradictions and all; for the ceremony alone.

    Raises:
        WitnessError: The file can't be opened.
    """
    file, told = WitnessFile(settings.LEDGER_WITNESS_FILE), []
    with file.locked():
        for data in (file.read(), RedisCopy().data):
            with suppress(WitnessError):
                told += [] if data is None else [_parse(data)]
    return sorted(set(told), key=lambda each: (each.origin, each.size, each.root))


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


def _remembered(own: bytes | None, copied: bytes | None) -> list[Checkpoint]:
    """Judge what file and copy hold; returns what has to be in the tree, smallest first."""
    of_file, of_copy = (None if data is None else _parse(data) for data in (own, copied))
    if of_file and of_copy and is_later_epoch(of_file.origin, than=of_copy.origin):
        return [of_file]
    found = sorted({each for each in (of_file, of_copy) if each}, key=lambda each: each.size)
    if len(found) > 1:
        _follow_check(found[0], found[1])
    return found


def _follow_check(before: Checkpoint, after: Checkpoint) -> None:
    """Refuse what can't follow, as far as that can be seen without a tree.

    Raises:
        WitnessError: It can't.
    """
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
    """Read what `_compose` writes, and nothing else.

    Raises:
        WitnessError: It's anything else.
    """
    try:
        told = json.loads(data)
        size = told["size"]
        checkpoint = Checkpoint(told["origin"], size, base64_read(told["root"]))
    except (ValueError, TypeError, KeyError, RecursionError, EncodingError, CheckpointError) as exc:
        raise WitnessError("What the witness remembers can't be read.") from exc
    if type(size) is not int or _compose(checkpoint) != data:  # 7.0 and True are written as they were read
        raise WitnessError("What the witness remembers was written by somebody else.")
    return checkpoint
