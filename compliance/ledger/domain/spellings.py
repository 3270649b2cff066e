"""How hashes, signatures and numbers are written in notes and proofs: each value has one accepted text.

A second spelling would be a second text that a signature or proof seems to cover.
"""

import base64
import binascii
import re

from releaseconsole.kernel.encoding import EncodingError

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")  # below 10**19, so that no size costs time


def base64_write(data: bytes) -> str:
    """Encode in the standard alphabet with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def base64_read(text: str) -> bytes:
    """Decode what `base64_write` writes, and nothing else.

    Raises:
        EncodingError: A foreign character, missing or extra padding, or non-zero trailing bits.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EncodingError from error
    if base64_write(data) != text:
        raise EncodingError
    return data


def decimal_read(text: str) -> int:
    """Read a number in ASCII digits without sign, spaces or leading zeros.

    Raises:
        EncodingError: It is written in any other way.
    """
    if not _DECIMAL.fullmatch(text):
        raise EncodingError
    return int(text)
