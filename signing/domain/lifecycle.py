"""The life of a signing key: states, what each allows, and the only ways from one to another.

The product's states are finer than those of NIST SP 800-57 part 1, section 7; `NIST_STATES` maps them. In
words: a key is made (`generating`), shown to clients before it signs (`prepublished`), signs (`active`), is
still verified with (`verify_only`) until nothing that it signed can be alive, and is kept for the record
(`retired`). `suspended` is a pause that can be lifted; `compromised` and `destroyed` can't be left backwards.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from signing.errors import KeyStateError


class KeyPurpose(StrEnum):
    """What a key is for; a key never serves two purposes (SP 800-57 part 1, section 5.2)."""

    RELEASE_TOKEN = "release_token"
    BACKEND_TOKEN = "backend_token"
    DOWNLOAD_TOKEN = "download_token"
    TRUST = "trust"
    ROOT = "root"
    CHECKPOINT = "checkpoint"


# The console's own, in the order in which it is judged by them; every other purpose belongs to an app.
CONSOLE_PURPOSES: Final = (KeyPurpose.DOWNLOAD_TOKEN, KeyPurpose.CHECKPOINT)


class KeyState(StrEnum):
    """Where a key stands; only `active` signs."""

    GENERATING = "generating"
    PREPUBLISHED = "prepublished"
    ACTIVE = "active"
    VERIFY_ONLY = "verify_only"
    RETIRED = "retired"
    SUSPENDED = "suspended"
    COMPROMISED = "compromised"
    DESTROYED = "destroyed"


NIST_STATES: Final[Mapping[KeyState, str]] = {
    KeyState.GENERATING: "pre-activation",
    KeyState.PREPUBLISHED: "pre-activation",
    KeyState.ACTIVE: "active",
    KeyState.VERIFY_ONLY: "deactivated",
    KeyState.RETIRED: "deactivated",
    KeyState.SUSPENDED: "suspended",
    KeyState.COMPROMISED: "compromised",
    KeyState.DESTROYED: "destroyed",
}

TRANSITIONS: Final[Mapping[KeyState, frozenset[KeyState]]] = {
    # A key that never came to be, or that nothing will ever need, is destroyed before it is published.
    KeyState.GENERATING: frozenset({KeyState.PREPUBLISHED, KeyState.DESTROYED}),
    KeyState.PREPUBLISHED: frozenset({KeyState.ACTIVE, KeyState.COMPROMISED, KeyState.DESTROYED}),
    KeyState.ACTIVE: frozenset({KeyState.VERIFY_ONLY, KeyState.SUSPENDED, KeyState.COMPROMISED}),
    KeyState.VERIFY_ONLY: frozenset({KeyState.RETIRED, KeyState.SUSPENDED, KeyState.COMPROMISED}),
    KeyState.RETIRED: frozenset({KeyState.COMPROMISED}),
    # Lifted, it verifies again what it signed; it never signs again, for another key does by then.
    KeyState.SUSPENDED: frozenset({KeyState.VERIFY_ONLY, KeyState.COMPROMISED, KeyState.DESTROYED}),
    KeyState.COMPROMISED: frozenset({KeyState.DESTROYED}),
    KeyState.DESTROYED: frozenset(),
}

# A key is published before it signs, so that no client meets a token whose key it can't have.
PUBLISHED_STATES: Final = frozenset({KeyState.PREPUBLISHED, KeyState.ACTIVE, KeyState.VERIFY_ONLY})
# What was signed before its key's time isn't ours, so the next key isn't among them.
VERIFYING_STATES: Final = frozenset({KeyState.ACTIVE, KeyState.VERIFY_ONLY})
# Taken out of use before its time.
WITHDRAWN_STATES: Final = frozenset({KeyState.SUSPENDED, KeyState.COMPROMISED})
# In these nothing private may be left anywhere.
SPENT_STATES: Final = frozenset({KeyState.RETIRED, KeyState.DESTROYED})


def key_state_change(current: KeyState, target: KeyState) -> KeyState:
    """Return `target` if a key may go there from `current`.

    Raises:
        KeyStateError: The table has no such transition.
    """
    if target not in TRANSITIONS[current]:
        raise KeyStateError(f"A key that is {current.value} can't become {target.value}.")
    return target
