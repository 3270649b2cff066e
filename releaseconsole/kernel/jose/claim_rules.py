"""Rules for the value of a single claim; each is made once, for a kind of token, and raises on a breach.

Types are compared exactly: Python's `True` is an `int`, JSON's isn't.
"""

import re
from collections.abc import Callable, Mapping
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


def list_of(rule: ClaimRule, *, least: int = 0, most: int) -> ClaimRule:
    """Make a rule: a list of `least` to `most` items, each as `rule` wants it, none of them twice."""

    def check(name: str, value: object) -> None:
        if not isinstance(value, list):
            raise TokenRefusedError(f"claim {name}: not a list")
        if not least <= len(value) <= most:
            raise TokenRefusedError(f"claim {name}: {len(value)} items")
        for position, item in enumerate(value):
            rule(f"{name}[{position}]", item)
        if any(item in value[:position] for position, item in enumerate(value)):
            raise TokenRefusedError(f"claim {name}: an item twice")

    return check


def record(required: Mapping[str, ClaimRule], optional: Mapping[str, ClaimRule] | None = None) -> ClaimRule:
    """Make a rule: an object with exactly these members, each with a rule for its value."""
    rules = {**(optional or {}), **required}

    def check(name: str, value: object) -> None:
        if not isinstance(value, dict):
            raise TokenRefusedError(f"claim {name}: not an object")
        # What is missing is ours to name; what is too much is the sender's, and stays out of the log.
        missing = required.keys() - value.keys()
        if missing:
            raise TokenRefusedError(f"claim {name}: without {', '.join(sorted(missing))}")
        if value.keys() - rules.keys():
            raise TokenRefusedError(f"claim {name}: a member it doesn't have")
        for member, inner in value.items():
            rules[member](f"{name}.{member}", inner)

    return check
