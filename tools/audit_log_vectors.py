"""Writes docs/audit-log-vectors.json: known answers for whoever writes a verifier of the audit log.

The same bytes come out every time, signatures included (RFC 6979), and a test compares them with the file.
Run it after a change of the format, which is a new format: `python -m tools.audit_log_vectors`.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_compose
from compliance.ledger.domain.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    nodes_of,
    tree_root,
)
from compliance.ledger.domain.proofs import proof_compose
from compliance.ledger.domain.spellings import base64_write
from compliance.ledger.domain.tiles import TILE_WIDTH, tile_root
from releaseconsole.kernel.encoding import b64url_encode, canonical_json, sha256_hex

FILE: Final = Path(__file__).resolve().parents[1] / "docs" / "audit-log-vectors.json"
ORIGIN: Final = "console.example/audit"
# Everybody's private key: RFC 6979, appendix A.2.5.
KEY: Final = ec.derive_private_key(
    0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, ec.SECP256R1()
)
OTHER_KEY: Final = ec.derive_private_key(2, ec.SECP256R1())

# The entries that the tests of Certificate Transparency's own programs use.
SMALL: Final = tuple(
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
LARGE: Final = tuple(str(number).encode() for number in range(600))
PLACE: Final = 299
EVENT: Final[Mapping[str, Any]] = {
    "outcome": "done",
    "numbers": [0, -1, 9007199254740993],
    "nothing": None,
    "yes": True,
    "text": 'a "quoted" \\ line\n\t\u0001 é 張 \U0001f511 </script>',
    "empty": {},
    "Z": "capitals come first",
}
DISCLOSURES: Final = (
    ("AAECAwQFBgcICQoLDA0ODw", "actor_address", "192.0.2.7"),
    ("EBESExQVFhcYGRobHB0eHw", "reason", "Ünfallklinik asked for it"),
    ("ICEiIyQlJicoKSorLC0uLw", "people", [{"name": "Kai"}, None]),
)


def vectors() -> dict[str, Any]:
    """Compute everything that the file says."""
    return {
        "about": "Known answers for docs/audit-log-format.md. Hashes are hexadecimal SHA-256.",
        "tree": _tree(),
        "inclusion": [_inclusion(SMALL, *pair) for pair in ((0, 1), (0, 8), (5, 8), (2, 3), (6, 7), (4, 5))],
        "consistency": [
            _consistency(SMALL, *pair) for pair in ((0, 4), (1, 8), (6, 8), (4, 7), (3, 7), (7, 7))
        ],
        "tile": _tile(),
        "canonical": {
            "value": EVENT,
            "bytes_hex": canonical_json(EVENT).hex(),
            "leaf_hash": leaf_hash(canonical_json(EVENT)).hex(),
        },
        "disclosures": _disclosures(),
        "checkpoint": _checkpoint(),
        "proof": {"leaf_hash": leaf_hash(LARGE[PLACE]).hex(), "text": _proof_text()},
        "refused": {
            "notes": [{"why": why, "note": note} for why, note in _bad_notes()],
            "proofs": [{"why": why, "text": text} for why, text in _bad_proofs()],
        },
    }


def _tree() -> dict[str, Any]:
    return {
        "entries_hex": [entry.hex() for entry in SMALL],
        "leaf_hashes": [leaf_hash(entry).hex() for entry in SMALL],
        "roots_by_size": [_root(SMALL, size).hex() for size in range(len(SMALL) + 1)],
    }


def _root(entries: Sequence[bytes], size: int) -> bytes:
    return tree_root(size, nodes_of([leaf_hash(entry) for entry in entries[:size]]))


def _inclusion(entries: Sequence[bytes], index: int, size: int) -> dict[str, Any]:
    path = inclusion_proof(index, size, nodes_of([leaf_hash(entry) for entry in entries]))
    return {
        "index": index,
        "size": size,
        "leaf_hash": leaf_hash(entries[index]).hex(),
        "path": [each.hex() for each in path],
        "root": _root(entries, size).hex(),
    }


def _consistency(entries: Sequence[bytes], first: int, second: int) -> dict[str, Any]:
    path = consistency_proof(first, second, nodes_of([leaf_hash(entry) for entry in entries]))
    return {
        "first": first,
        "second": second,
        "path": [each.hex() for each in path],
        "first_root": _root(entries, first).hex(),
        "second_root": _root(entries, second).hex(),
    }


def _tile() -> dict[str, Any]:
    tile = b"".join(leaf_hash(entry) for entry in LARGE[:TILE_WIDTH])
    return {
        "entries": "600 entries: the numbers from 0 to 599 in ASCII digits",
        "first_tile_sha256": sha256_hex(tile),
        "first_tile_root": tile_root(tile).hex(),
        "roots_by_size": {str(size): _root(LARGE, size).hex() for size in (255, 256, 257, 512, 600)},
        "inclusion": _inclusion(LARGE, PLACE, len(LARGE)),
        "consistency": [_consistency(LARGE, *pair) for pair in pairwise((256, 300, len(LARGE)))],
    }


def _disclosures() -> dict[str, Any]:
    texts = [canonical_json(each) for each in DISCLOSURES]
    digests = [b64url_encode(bytes.fromhex(sha256_hex(text))) for text in texts]
    return {
        "values": [
            {"salt": salt, "name": name, "value": value, "bytes_hex": text.hex(), "digest": digest}
            for (salt, name, value), text, digest in zip(DISCLOSURES, texts, digests, strict=True)
        ],
        "_sd": sorted(digests),
    }


def _key(private: ec.EllipticCurvePrivateKey, name: str = ORIGIN) -> NoteKey:
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return NoteKey(name, spki)


def _sign(private: ec.EllipticCurvePrivateKey, body: str) -> bytes:
    return private.sign(body.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _large_checkpoint() -> Checkpoint:
    return Checkpoint(origin=ORIGIN, size=len(LARGE), root=_root(LARGE, len(LARGE)))


def _note() -> str:
    checkpoint = _large_checkpoint()
    return note_compose(checkpoint, [(_key(KEY), _sign(KEY, checkpoint.body()))])


def _checkpoint() -> dict[str, Any]:
    checkpoint, key = _large_checkpoint(), _key(KEY)
    witness = _key(OTHER_KEY, "witness.example/w1")
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "spki_base64": base64_write(key.spki),
        "key_id": key.key_id.hex(),
        "verifier_key": key.verifier_key,
        "body": checkpoint.body(),
        "note": _note(),
        "note_with_unknown_witness": _note() + _line(witness, _sign(OTHER_KEY, checkpoint.body())),
    }


def _proof_text() -> str:
    path = inclusion_proof(PLACE, len(LARGE), nodes_of([leaf_hash(entry) for entry in LARGE]))
    return proof_compose(index=PLACE, path=path, note=_note(), extra=LARGE[PLACE])


def _bad_notes() -> list[tuple[str, str]]:
    note, body = _note(), _large_checkpoint().body()
    longer = f"{body}an extension\n"
    zero = body.replace("\n600\n", "\n0600\n")
    other, elsewhere = _key(OTHER_KEY), _key(KEY, "elsewhere.example/audit")
    return [
        ("another size", note.replace("\n600\n", "\n601\n")),
        ("another origin", note.replace(f"{ORIGIN}\n", f"{ORIGIN}2\n", 1)),
        ("no signature", f"{body}\n"),
        ("carriage returns", note.replace("\n", "\r\n")),
        ("no padding", note.replace("=\n", "\n", 1)),
        ("no line feed at the end", note[:-1]),
        ("no empty line", note.replace("\n\n", "\n")),
        ("a signature by an unknown key alone", _signed(body, other, OTHER_KEY)),
        ("a key that speaks for another origin", _signed(body, elsewhere, KEY)),
        ("a second signature line that doesn't hold", note + _line(_key(KEY), _sign(OTHER_KEY, body))),
        ("a signed extension line", _signed(longer, _key(KEY), KEY)),
        ("a signed size with a leading zero", _signed(zero, _key(KEY), KEY)),
        ("a hyphen for the dash", note.replace("— ", "- ")),
    ]


def _signed(body: str, key: NoteKey, private: ec.EllipticCurvePrivateKey) -> str:
    return f"{body}\n{_line(key, _sign(private, body))}"


def _line(key: NoteKey, signature: bytes) -> str:
    return f"— {key.name} {base64_write(key.key_id + signature)}\n"


def _bad_proofs() -> list[tuple[str, str]]:
    text = _proof_text()
    first = text.split("\n")[3]
    return [
        ("the neighbour's index", text.replace(f"index {PLACE}", f"index {PLACE - 1}")),
        ("an index beyond the end", text.replace(f"index {PLACE}", "index 600")),
        ("an index with a leading zero", text.replace("index ", "index 0")),
        ("a hash less", text.replace(f"{first}\n", "", 1)),
        ("a hash more", text.replace(f"{first}\n", f"{first}\n{first}\n", 1)),
        ("another version", text.replace("@v1", "@v2")),
        ("another size in the checkpoint", text.replace("\n600\n", "\n601\n")),
    ]


def text() -> str:
    """Write the vectors as the file has them."""
    return json.dumps(vectors(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")
