"""Proofs to keep (C2SP tlog-proof, version 1): an entry's place, its way up the tree, a signed checkpoint.

Such a file is verified offline with the log's public keys and the entry. Its `extra` may carry the entry's
bytes where a proof goes about alone; nothing vouches for them but the leaf hash that they have.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_verify
from compliance.ledger.domain.merkle import inclusion_check
from compliance.ledger.domain.spellings import base64_read, base64_write, decimal_read
from compliance.ledger.errors import ProofError
from releaseconsole.kernel.encoding import EncodingError

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = "index "
_EXTRA: Final = "extra "
_HEAD: Final = re.compile(rf"{re.escape(_FIRST_LINE)}\n(?:{_EXTRA}(\S+)\n)?{_INDEX}(\S+)((?:\n\S+)*)")
_MOST_CHARACTERS: Final = 4 * 1024 * 1024


@dataclass(frozen=True)
class LogProof:
    """A proof as it was read; nothing in it is verified.

    Attributes:
        index: Where the entry is in the log, from 0.
        path: The siblings on its way up, lowest first.
        note: The signed checkpoint.
        extra: What came along; not covered by any signature.
    """

    index: int
    path: tuple[bytes, ...]
    note: str
    extra: bytes


def proof_compose(*, index: int, path: Sequence[bytes], note: str, extra: bytes = b"") -> str:
    """Write a proof of the entry at `index` under the checkpoint in `note`."""
    lines = [_FIRST_LINE]
    if extra:
        lines.append(_EXTRA + base64_write(extra))
    lines += [f"{_INDEX}{index}", *map(base64_write, path), "", note]
    return "\n".join(lines)


def proof_parse(text: str) -> LogProof:
    """Read a proof without verifying it.

    Raises:
        ProofError: It isn't written as the specification has it.
    """
    head, _, note = text.partition("\n\n")
    found = _HEAD.fullmatch(head) if len(text) <= _MOST_CHARACTERS else None
    if found is None:
        raise ProofError("This isn't a proof as C2SP's tlog-proof has it.")
    extra, index, path = found.groups(default="")
    try:
        return LogProof(
            index=decimal_read(index),
            path=tuple(map(base64_read, path.split())),
            note=note,
            extra=base64_read(extra),
        )
    except EncodingError as error:
        raise ProofError("A number or hash in this proof is malformed.") from error


def proof_check(text: str, leaf: bytes, keys: Sequence[NoteKey]) -> Checkpoint:
    """Verify that a proof shows the entry with this leaf hash in a log that one of the keys speaks for.

    Args:
        text: Untrusted.
        leaf: Leaf hash of the entry, computed by the caller from the entry's bytes.
        keys: The keys that the caller trusts, each with its log's origin.

    Returns:
        The checkpoint under which the entry is included.

    Raises:
        ProofError: The proof is malformed or shows something else.
        CheckpointError: Its checkpoint is refused.
    """
    proof = proof_parse(text)
    checkpoint = note_verify(proof.note, keys)
    inclusion_check(
        leaf=leaf, index=proof.index, size=checkpoint.size, proof=proof.path, root=checkpoint.root
    )
    return checkpoint
