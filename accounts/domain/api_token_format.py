"""How an API token is spelled: `rc_`, 43 characters of base64url (256 bits), 6 of checksum.

Prefix and checksum let secret scanners recognise a leaked token with certainty, and let a mistyped one be
refused without asking the database. The checksum is no protection: the secret is.
"""

import re
import string
import zlib
from typing import Final

from releaseconsole.kernel.encoding import b64url_encode, sha256_hex

SECRET_BYTES: Final = 32
PREFIX: Final = "rc_"
SHOWN_CHARACTERS: Final = 9
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKSUM_CHARACTERS: Final = 6  # 62**6 is more than 2**32
_TOKEN: Final = re.compile(r"rc_([A-Za-z0-9_-]{43})([0-9A-Za-z]{6})\Z")


def api_token_spell(secret: bytes) -> str:
    """Spell a token from its secret."""
    body = b64url_encode(secret)
    return f"{PREFIX}{body}{_checksum(body)}"


def api_token_is_spelled_right(text: str) -> bool:
    """Tell whether `text` can be a token at all."""
    match = _TOKEN.match(text)
    return match is not None and _checksum(match[1]) == match[2]


def api_token_hash(text: str) -> str:
    """Hash a token as it's kept; a plain hash will do, for nobody can guess 256 bits."""
    return sha256_hex(text.encode())


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_CHARACTERS):
        number, place = divmod(number, len(_BASE62))
        digits = _BASE62[place] + digits
    return digits
