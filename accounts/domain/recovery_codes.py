"""How a recovery code is spelled: 80 bits as 16 characters of Crockford's base32, in groups of four.

The alphabet has no I, L, O and U, so that what was written on paper can be read again; on the way in, case,
dashes and spaces don't matter, and the letters that look like digits are taken for them.
"""

from datetime import timedelta
from typing import Final

CODES: Final = 10
CODE_BYTES: Final = 10  # 80 bits; NIST SP 800-63B-4 asks for 64 at least
FEW: Final = 3  # from here on pages ask for new ones
LONGEST_TYPED: Final = 64
MOST_FAILURES: Final = 100  # in a row (NIST SP 800-63B-4, section 3.2.2)
_LONGEST_WAIT: Final = timedelta(minutes=1)

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS: Final = 16
_GROUP: Final = 4
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}


def recovery_code_spell(secret: bytes) -> str:
    """Spell 80 bits as a person writes them down: `7K3M-0QXR-V9TE-2HAB`."""
    number = int.from_bytes(secret, "big")
    characters = [_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHARACTERS))]
    groups = ("".join(characters[start : start + _GROUP]) for start in range(0, _CHARACTERS, _GROUP))
    return "-".join(groups)


def recovery_code_read(text: str) -> bytes | None:
    """Read what somebody typed; None when it can't be a code, however it's meant."""
    characters = "".join(text.split()).replace("-", "").upper()
    if len(characters) != _CHARACTERS or not all(character in _VALUES for character in characters):
        return None
    number = 0
    for character in characters:
        number = number << 5 | _VALUES[character]
    return number.to_bytes(CODE_BYTES, "big")


def wait_after(failures: int) -> timedelta | None:
    """Tell how long no code is looked at after so many wrong ones in a row; None is for good.

    The wait stays short, so that who knows the password can't keep its owner away from their codes; 80 bits
    aren't found in a hundred guesses.
    """
    if failures >= MOST_FAILURES:
        return None
    return min(timedelta(seconds=2 ** min(failures - 1, 10)), _LONGEST_WAIT) if failures else timedelta(0)
