"""States of a signing key (NIST SP 800-57 part 1, section 7) and the transitions built so far."""

from enum import StrEnum
from typing import Final

from signing.errors import KeyStateError


class KeyState(StrEnum):
    """Where a key stands; only `active` signs."""

    PRE_ACTIVATION = "pre_activation"
    ACTIVE = "active"


class KeyPurpose(StrEnum):
    """What a key is for; a key never serves two purposes."""

    RELEASE_TOKEN = "release_token"
    DOWNLOAD_TOKEN = "download_token"


TRANSITIONS: Final[dict[KeyState, frozenset[KeyState]]] = {
    KeyState.PRE_ACTIVATION: frozenset({KeyState.ACTIVE}),
    KeyState.ACTIVE: frozenset(),
}

# A key is published before it signs, so that no client meets a token whose key it can't have.
PUBLISHED_STATES: Final = frozenset({KeyState.PRE_ACTIVATION, KeyState.ACTIVE})
# What was signed before its key's time isn't ours: the verifier doesn't know the next key yet.
VERIFYING_STATES: Final = frozenset({KeyState.ACTIVE})


def key_state_change(current: KeyState, target: KeyState) -> KeyState:
    """Return `target` if a key may go there from `current`.

    Raises:
        KeyStateError: The table has no such transition.
    """
    if target not in TRANSITIONS[current]:
        raise KeyStateError(f"A key that is {current.value} can't become {target.value}.")
    return target
