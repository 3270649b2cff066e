"""Rules for the value of a single claim; each is made once, for a kind of token, and raises on a breach.

Types are compared exactly: Python's `True` is an `int`, JSON's isn't.
"""

import re
from collections.abc import Callable
from typing import Final

from releaseconsole.kernel.jose.errors import TokenRefusedError

ClaimRule = Callable[[str, object], None]

# The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6).
MOST_WHOLE: Final = 2**53 - 1


def text(*, least: int = 1, most: int = 512, pattern: str = "") -> ClaimRule:
    """Make a rule: one string of `least` to `most` characters, matching all of `pattern` if there is one."""
    matcher = re.compile(pattern) if pattern else None

    def check(name: str, value: object) -> None:
        if not isinstance(value, str):
            raise TokenRefusedError(f"claim {name}: not a string")
        if not least <= len(value) <= most:
            raise TokenRefusedError(f"claim {name}: {len(value)} characters")
        if matcher and not matcher.fullmatch(value):
            raise TokenRefusedError(f"claim {name}: has an impossible form")

    return check


def whole(*, least: int = 0, most: int = MOST_WHOLE) -> ClaimRule:
    """Make a rule: a whole number between the bounds; no float, not even `1.0`, and no boolean."""

    def check(name: str, value: object) -> None:
        if type(value) is not int:
            raise TokenRefusedError(f"claim {name}: not a whole number")
        if not least <= value <= most:
            raise TokenRefusedError(f"claim {name}: out of bounds")

    return check


def one_of(*allowed: str) -> ClaimRule:
    """Make a rule: one of these strings."""
    values = frozenset(allowed)

    def check(name: str, value: object) -> None:
        if not isinstance(value, str) or value not in values:
            raise TokenRefusedError(f"claim {name}: not one of its values")

    return check
