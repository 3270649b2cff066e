"""The one place that draws randomness, always from the operating system's generator."""

import os
import secrets  # noqa: TID251 (this is the module the ban points to)
import uuid


def token_bytes(size: int) -> bytes:
    """Draw `size` random bytes."""
    return os.urandom(size)  # noqa: TID251 (this is the module the ban points to)


def token_urlsafe(size: int) -> str:
    """Draw `size` random bytes, as unpadded base64url text."""
    return secrets.token_urlsafe(size)


def uuid4() -> uuid.UUID:
    """Draw a version 4 UUID: an identifier, never a secret (122 bits, recognisable shape)."""
    return uuid.uuid4()  # noqa: TID251 (this is the module the ban points to)
