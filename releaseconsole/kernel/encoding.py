"""Byte-exact encodings that signatures, hashes and stored formats depend on."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from releaseconsole.kernel.errors import ConsoleError

_BASE64URL = re.compile(rb"[A-Za-z0-9_-]*\Z")


class EncodingError(ConsoleError):
    """Text is not in the encoding it has to be in."""

    code = "bad_encoding"
    title = "This text isn't encoded as it must be."


def b64url_encode(data: bytes) -> str:
    """Encode as unpadded base64url (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Decode unpadded base64url strictly: one byte string has exactly one accepted spelling.

    Raises:
        EncodingError: Padding, a foreign character, an impossible length, or non-zero trailing bits.
    """
    raw = text.encode("ascii", errors="replace")
    if not _BASE64URL.match(raw) or len(raw) % 4 == 1:
        raise EncodingError
    data = base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    if b64url_encode(data) != text:  # trailing bits would make two texts of one token (malleability)
        raise EncodingError
    return data


def canonical_json(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Serialise with sorted keys, no spaces and UTF-8, so that equal values have equal bytes."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def sha256_hex(data: bytes) -> str:
    """Hash with SHA-256, as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()
