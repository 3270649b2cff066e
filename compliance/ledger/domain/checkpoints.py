"""Checkpoints (C2SP tlog-checkpoint): the size and root of the log at a moment, as a signed note.

The signature is ECDSA P-256 with SHA-256, C2SP signed-note type 0x02, which FIPS 140-3 modules and the
openssl command can make and verify. Signatures of unknown keys, such as witnesses', are ignored as the
specification wants. Two things are stricter here than there: a checkpoint has no extension lines, since this
log writes none, and a key speaks only for the origin that is its name.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from compliance.ledger.domain.merkle import EMPTY_ROOT, HASH_BYTES
from compliance.ledger.domain.spellings import base64_read, base64_write, decimal_read
from compliance.ledger.errors import CheckpointError
from releaseconsole.kernel.encoding import EncodingError

_ECDSA_TYPE: Final = b"\x02"
_KEY_ID_BYTES: Final = 4
_DASH: Final = "\N{EM DASH} "
_BODY_LINES: Final = 3
# The specification wants at least 16 signatures accepted, of up to 5 kB each.
_MOST_SIGNATURES: Final = 32
_MOST_CHARACTERS: Final = 256 * 1024
_LONGEST_NAME: Final = 255
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class Checkpoint:
    """The state of one log: so many entries, with this root.

    Raises:
        CheckpointError: The origin could be read as something else, or the root can't be that of this size.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        _name_check(self.origin)
        if self.size < 0 or len(self.root) != HASH_BYTES or (self.size == 0 and self.root != EMPTY_ROOT):
            raise CheckpointError(f"This can't be the root of a log of {self.size} entries.")

    def body(self) -> str:
        """Write the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64_write(self.root)}\n"


@dataclass(frozen=True)
class NoteKey:
    """A public key that signs the checkpoints of one log; its name is the log's origin.

    Attributes:
        name: The origin that it speaks for.
        spki: The key as SubjectPublicKeyInfo in DER.

    Raises:
        CheckpointError: The name could be read as something else, or the key isn't one on P-256.
    """

    name: str
    spki: bytes

    def __post_init__(self) -> None:
        _name_check(self.name)
        canonical = self._public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if canonical != self.spki:  # one key would have two ids
            raise CheckpointError("This public key isn't written as DER has it.")

    @cached_property
    def key_id(self) -> bytes:
        """Four bytes to find the key by. They are no proof of anything: collisions are easily made."""
        return hashlib.sha256(self.spki).digest()[:_KEY_ID_BYTES]

    @property
    def verifier_key(self) -> str:
        """The key as C2SP's tools take it (a `vkey`)."""
        return f"{self.name}+{self.key_id.hex()}+{base64_write(_ECDSA_TYPE + self.spki)}"

    def signature_check(self, body: str, signature: bytes) -> None:
        """Verify a DER signature over a note's text.

        Raises:
            CheckpointError: It isn't by this key over this text.
        """
        try:
            self._public.verify(signature, body.encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise CheckpointError(f"The signature of {self.name} doesn't hold.") from error

    @cached_property
    def _public(self) -> ec.EllipticCurvePublicKey:
        try:
            key = load_der_public_key(self.spki)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise CheckpointError("This isn't a public key.") from error
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise CheckpointError("Checkpoints are signed with keys on P-256.")
        return key


class SignedCheckpoint(NamedTuple):
    """A checkpoint whose signatures hold, and whose they are."""

    checkpoint: Checkpoint
    by: tuple[NoteKey, ...]


class _Signature(NamedTuple):
    name: str
    key_id: bytes
    value: bytes


def note_compose(checkpoint: Checkpoint, signatures: Sequence[tuple[NoteKey, bytes]]) -> str:
    """Write a checkpoint with its signatures (DER), and verify the result before it leaves.

    Raises:
        CheckpointError: A signature doesn't hold, or none is by a key of this origin.
    """
    lines = [f"{_DASH}{key.name} {base64_write(key.key_id + value)}\n" for key, value in signatures]
    note = f"{checkpoint.body()}\n{''.join(lines)}"
    note_verify(note, [key for key, _ in signatures])
    return note


def note_verify(note: str, keys: Sequence[NoteKey]) -> Checkpoint:
    """Read a signed checkpoint.

    Args:
        note: Untrusted text.
        keys: All that the caller trusts. Each signature by one of them must hold, and one of those must be by
            a key whose name is the checkpoint's origin.

    Raises:
        CheckpointError: It is malformed, or not signed as it has to be.
    """
    return note_open(note, keys).checkpoint


def note_open(note: str, keys: Sequence[NoteKey]) -> SignedCheckpoint:
    """Do the same, and say which of the keys have signed.

    Raises:
        CheckpointError: It is malformed, or not signed as it has to be.
    """
    body, signatures = _note_split(note)
    trusted = {(key.name, key.key_id): key for key in keys}
    speakers: list[NoteKey] = []
    for name, key_id, value in signatures:
        if key := trusted.get((name, key_id)):
            key.signature_check(body, value)
            speakers.append(key)
    checkpoint = _body_read(body)
    if checkpoint.origin not in {key.name for key in speakers}:
        raise CheckpointError(f"No key of {checkpoint.origin} that is trusted has signed this checkpoint.")
    return SignedCheckpoint(checkpoint, tuple(speakers))


def _note_split(note: str) -> tuple[str, list[_Signature]]:
    if len(note) > _MOST_CHARACTERS or _CONTROL.search(note) or not _is_utf8(note):
        raise CheckpointError("This isn't a note: it is too long, or has characters that notes don't have.")
    body, blank, block = note.rpartition("\n\n")
    lines = block.split("\n")
    if not blank or lines.pop():
        raise CheckpointError("This isn't a note: it needs a text, an empty line and signature lines.")
    if len(lines) > _MOST_SIGNATURES:
        raise CheckpointError(f"This note has more than {_MOST_SIGNATURES} signatures.")
    return body + "\n", [_signature_read(line) for line in lines]


def _signature_read(line: str) -> _Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        value = base64_read(encoded)
    except EncodingError as error:
        raise CheckpointError("A signature line of this note isn't base64.") from error
    if not line.startswith(_DASH) or not _is_name(name) or len(value) <= _KEY_ID_BYTES:
        raise CheckpointError("A signature line of this note is malformed.")
    return _Signature(name, value[:_KEY_ID_BYTES], value[_KEY_ID_BYTES:])


def _body_read(body: str) -> Checkpoint:
    *lines, _ = body.split("\n")
    if len(lines) != _BODY_LINES:
        raise CheckpointError(f"A checkpoint of this log has {_BODY_LINES} lines, not {len(lines)}.")
    try:
        return Checkpoint(origin=lines[0], size=decimal_read(lines[1]), root=base64_read(lines[2]))
    except EncodingError as error:
        raise CheckpointError("The size or root of this checkpoint is malformed.") from error


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(map(str.isspace, name))


def _name_check(name: str) -> None:
    """Refuse what the specification doesn't allow in names, and what can't be seen.

    Raises:
        CheckpointError: It is such a name, empty, or too long.
    """
    if not _is_name(name) or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise CheckpointError("An origin is printable text without spaces and plus signs.")


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= each <= "\udfff" for each in text)
