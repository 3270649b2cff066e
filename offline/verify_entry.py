#!/usr/bin/env python3
"""Verifies that an entry is in an audit log, by a proof and the log's public keys: without the console.

    python3 verify_entry.py audit-entry-120.tlog-proof audit-log-keys.pem

One file: Python 3.9 or later, its standard library, and the `openssl` command. It believes nothing that the
proof says: it hashes the entry's header, goes the way up the tree that the proof names, and asks openssl
whether one of the keys signed what that comes to. What is left for you is to know that the keys are the
log's: compare their fingerprints, which this prints, with what you were told on another way.

Exit code 0: it holds. 1: it doesn't. 2: it couldn't be checked. Standards: RFC 9162, section 2.1.3.2;
C2SP tlog-proof, tlog-checkpoint and signed-note (https://c2sp.org).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PEM = re.compile(r"((?:#.*\n)*)-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END PUBLIC KEY-----")
LOG = re.compile(r"^# Log: (\S+)$", re.MULTILINE)
PROOF = re.compile(r"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex (0|[1-9]\d{0,18})((?:\n\S+)*)")
CHECKPOINT = re.compile(r"([^\n+\s]+)\n(0|[1-9]\d{0,18})\n(\S+)\n")
SIGNATURE = re.compile(r"\N{EM DASH} (\S+) (\S+)")
HASH_BYTES = 32
ECDSA_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


class RefusedError(Exception):
    """The entry isn't proved."""


class UncheckedError(Exception):
    """Nothing can be said: there's no openssl, or a file can't be read."""


def main() -> int:
    """Verify what the command line names."""
    try:
        proof, keys = map(Path, sys.argv[1:])
    except ValueError:
        print(__doc__)
        return 2
    try:
        return verify(proof.read_bytes().decode(), keys.read_bytes().decode())
    except RefusedError as error:
        print(f"REFUSED: {error}")
        return 1
    except (UncheckedError, OSError, UnicodeDecodeError) as error:
        print(f"NOT CHECKED: {error}")
        return 2


def verify(proof: str, pem: str) -> int:
    """Verify a proof with the keys in a PEM file, and say what is proved."""
    keys = {decoded(found): "# REVOKED" in words for words, found in PEM.findall(pem)}
    if not keys:
        raise UncheckedError("there's no public key in the file of keys")
    head, _, note = proof.partition("\n\n")
    written = PROOF.fullmatch(head)
    if written is None:
        raise RefusedError("this isn't a proof with the entry's header in it")
    header, index = decoded(written[1]), int(written[2])
    path = [hashed(line) for line in written[3].split()]
    body, _, lines = note.rpartition("\n\n")
    checkpoint = CHECKPOINT.fullmatch(body + "\n")
    if checkpoint is None:
        raise RefusedError("its checkpoint isn't written as one")
    origin, size, root = checkpoint[1], int(checkpoint[2]), hashed(checkpoint[3])
    if way_up(hashlib.sha256(b"\0" + header).digest(), index, size, path) != root:
        raise RefusedError("the entry isn't in the log that was signed: its hashes don't lead to the root")
    if LOG.search(pem) and origin not in LOG.findall(pem):
        raise RefusedError("its checkpoint is of another log than the file of keys")
    key = signer(origin, (body + "\n").encode(), lines, list(keys))
    if keys[key]:
        raise UncheckedError(
            "the key that signed was revoked: whoever stole it signs like that, ask for a later proof"
        )
    print("VERIFIED: this entry is in the log.\n")
    print(json.dumps(json.loads(header), indent=2, ensure_ascii=True))
    print(f"\nentry {index} of {size} in {origin}\nsigned by the key with fingerprint")
    print(f"  SHA-256 {hashlib.sha256(key).hexdigest()}\nCompare it with what you were told on another way.")
    return 0


def way_up(node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that a leaf and its siblings lead to (RFC 9162, section 2.1.3.2)."""
    if index >= size:
        raise RefusedError("the log that was signed is too short for this entry")
    place, last = index, size - 1
    for sibling in path:
        if last == 0:
            raise RefusedError("the way up is too long")
        if place & 1 or place == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        place, last = place >> 1, last >> 1
    if last:
        raise RefusedError("the way up is too short")
    return node


def signer(origin: str, body: bytes, lines: str, keys: list[bytes]) -> bytes:
    """Return the key that signed a checkpoint in the name of its log (C2SP signed-note, type 0x02)."""
    for name, encoded in SIGNATURE.findall(lines):
        signature = decoded(encoded)
        for key in keys:
            if name == origin and signature[:4] == hashlib.sha256(key).digest()[:4]:
                if not is_signed(body, signature[4:], key):
                    raise RefusedError("the signature of the checkpoint doesn't hold")
                return key
    raise RefusedError("none of the keys signed its checkpoint")


def is_signed(body: bytes, signature: bytes, key: bytes) -> bool:
    """Ask openssl whether a signature (ECDSA P-256, SHA-256, DER) is by this key."""
    if not key.startswith(ECDSA_P256):
        raise UncheckedError("a key isn't one on P-256")
    pem = base64.encodebytes(key).decode()
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in ("key", "signature", "body")}
        files["key"].write_text(f"-----BEGIN PUBLIC KEY-----\n{pem}-----END PUBLIC KEY-----\n")
        files["signature"].write_bytes(signature)
        files["body"].write_bytes(body)
        command = ["openssl", "dgst", "-sha256", "-verify", str(files["key"])]
        command += ["-signature", str(files["signature"]), str(files["body"])]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 (no word of it is the proof's)


def hashed(text: str) -> bytes:
    """Read a hash."""
    value = decoded(text)
    if len(value) != HASH_BYTES:
        raise RefusedError("a hash of it isn't one")
    return value


def decoded(text: str) -> bytes:
    """Read base64, which may be broken into lines."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise RefusedError("something of it isn't base64") from error


if __name__ == "__main__":
    sys.exit(main())
