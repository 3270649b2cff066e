"""Keys and signed checkpoints for tests of the audit log."""

from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey
from compliance.ledger.domain.spellings import base64_write

ORIGIN = "console.example/audit"


@cache
def private_key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number, ec.SECP256R1())


def note_key(number: int = 1, name: str = ORIGIN) -> NoteKey:
    return NoteKey(
        name,
        private_key(number).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )


def sign(body: str, number: int = 1) -> bytes:
    return private_key(number).sign(body.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def signature_line(body: str, number: int = 1, name: str = ORIGIN) -> str:
    return f"— {name} {base64_write(note_key(number, name).key_id + sign(body, number))}\n"


def signed(body: str, number: int = 1, name: str = ORIGIN) -> str:
    return f"{body}\n{signature_line(body, number, name)}"


def checkpoint(size: int = 5, root: bytes = bytes(range(32))) -> Checkpoint:
    return Checkpoint(origin=ORIGIN, size=size, root=root)
