"""The one place that draws randomness, always from the operating system's generator."""

import os
import secrets  # noqa: TID251 (this is the module the ban points to)
import uuid
from collections import deque
from typing import Final

_ID_BYTES: Final = 16
_IDS_AT_ONCE: Final = 256
_unused_ids: Final[deque[str]] = deque()
os.register_at_fork(after_in_child=_unused_ids.clear)


def token_bytes(size: int) -> bytes:
    """Draw `size` random bytes."""
    return os.urandom(size)  # noqa: TID251 (this is the module the ban points to)


def token_urlsafe(size: int) -> str:
    """Draw `size` random bytes, as unpadded base64url text."""
    return secrets.token_urlsafe(size)


def token_id() -> str:
    """Return 128 random bits as hex: an identifier (`jti`) that nobody else has, never a secret.

    Drawn many at a time: each draw releases the interpreter lock, which on a busy server means waiting for
    every other thread, twice per update check. A fork starts with none, so no two processes share one.
    """
    try:
        return _unused_ids.popleft()
    except IndexError:
        drawn = token_bytes(_ID_BYTES * _IDS_AT_ONCE).hex()
        ids = [drawn[start : start + 2 * _ID_BYTES] for start in range(0, len(drawn), 2 * _ID_BYTES)]
        _unused_ids.extend(ids[1:])
        return ids[0]


def uuid4() -> uuid.UUID:
    """Draw a version 4 UUID: an identifier, never a secret (122 bits, recognisable shape)."""
    return uuid.uuid4()  # noqa: TID251 (this is the module the ban points to)
