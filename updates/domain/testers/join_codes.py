"""The code that joins a device: short enough to type, and worth nothing after minutes.

Ten characters of Crockford's base 32 are 50 bits: with a code guessed at every millisecond during its whole
life the chance is one in a billion, and an address gets a few guesses a minute.
"""

import re
from typing import Final

from releaseconsole.kernel.encoding import sha256_hex

LENGTH: Final = 10
RANDOM_BYTES: Final = LENGTH
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U
_TYPED: Final = re.compile(r"[0-9A-Z]{10}\Z")
# Longer text is no code, however many dashes are in it: nothing is done with it.
_LONGEST_TYPED: Final = 32
_MEANT: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def join_code_spell(drawn: bytes) -> str:
    """Make a code of `RANDOM_BYTES` random bytes; 32 divides 256, so each character is as likely."""
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in drawn[:LENGTH])


def join_code_show(code: str) -> str:
    """Write a code for people: in two halves."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def join_code_read(typed: str) -> str:
    """Read what somebody typed or pasted; empty if it can't be a code."""
    if len(typed) > _LONGEST_TYPED:
        return ""
    squeezed = "".join(part for part in typed if part not in " -\t\r\n").upper()
    code = squeezed.translate(_MEANT) if _TYPED.match(squeezed) else ""
    return code if set(code) <= set(_ALPHABET) else ""


def join_code_sha256(*, app_id: str, code: str) -> str:
    """Hash a code as it's kept: together with its app, so that it's worth nothing at another one."""
    return sha256_hex(f"{app_id}\n{code}".encode())
