"""Makes tokens that the console itself never would: any header, any payload, any signature."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

Sign = Callable[[bytes], bytes]


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def as_json(value: Mapping[str, Any] | bytes) -> bytes:
    """Encode a mapping; bytes are taken as they are, so that a test can write JSON that no encoder would."""
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


def forge(header: Mapping[str, Any] | bytes, claims: Mapping[str, Any] | bytes, sign: Sign) -> str:
    signing_input = f"{b64(as_json(header))}.{b64(as_json(claims))}"
    return f"{signing_input}.{b64(sign(signing_input.encode()))}"


def unsigned(_: bytes) -> bytes:
    return b""
