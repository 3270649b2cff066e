"""What people do to keys, as operations that a fresh code confirms, and what will follow from each.

An operation's facts name the key with its state and the key that will take its place: if either moves between
the page and the code, what was confirmed isn't what would be done, and it's refused.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from accounts.domain.operations import Operation
from signing.domain.lifecycle import KeyPurpose, KeyState


class KeyOperation(StrEnum):
    """One thing that a person does to a key; named as the audit log names it."""

    ROTATE = "signing:key:request_rotation"
    SUSPEND = "signing:key:suspend"
    RESUME = "signing:key:resume"
    REVOKE = "signing:key:revoke"
    DESTROY = "signing:key:destroy"


# From which states each may start; the table of transitions has the last word.
STARTS: Final[Mapping[KeyOperation, frozenset[KeyState]]] = {
    KeyOperation.ROTATE: frozenset({KeyState.ACTIVE}),
    KeyOperation.SUSPEND: frozenset({KeyState.ACTIVE, KeyState.VERIFY_ONLY}),
    KeyOperation.RESUME: frozenset({KeyState.SUSPENDED}),
    KeyOperation.REVOKE: frozenset({
        KeyState.PREPUBLISHED,
        KeyState.ACTIVE,
        KeyState.VERIFY_ONLY,
        KeyState.RETIRED,
        KeyState.SUSPENDED,
    }),
    KeyOperation.DESTROY: frozenset({KeyState.PREPUBLISHED, KeyState.SUSPENDED, KeyState.COMPROMISED}),
}


# Only documents that clients follow move them from one root to another, so a root is replaced by a rotation
# or a ceremony; a root in a pause would leave every client with nothing to check a delegation against.
_NOT_FOR_ROOTS: Final = frozenset({KeyOperation.ROTATE, KeyOperation.SUSPEND, KeyOperation.RESUME})


def may_start(what: KeyOperation, *, state: KeyState, purpose: KeyPurpose) -> bool:
    """Say whether this can be done to a key of this purpose in this state."""
    if purpose is KeyPurpose.ROOT and what in _NOT_FOR_ROOTS:
        return False
    return state in STARTS[what]


def operations_of(purpose: KeyPurpose, state: KeyState) -> list[KeyOperation]:
    """Say what people can do to a key."""
    return [what for what in KeyOperation if may_start(what, state=state, purpose=purpose)]


def key_operation(
    what: KeyOperation, *, kid: str, app_id: str, purpose: str, state: KeyState, successor: str
) -> Operation:
    """Name one operation on one key as it stands.

    Args:
        what: What is done.
        kid: The key.
        app_id: Its app; empty for the console's own.
        purpose: Its purpose.
        state: The state in which it is found.
        successor: `kid` of the key in waiting; empty if there's none.
    """
    facts = {
        "kid": kid,
        "app_id": app_id,
        "purpose": purpose,
        "state": state.value,
        "successor": successor,
    }
    return Operation(what.value, facts)


def import_operation(*, app_id: str, purpose: str, algorithm: str, kid: str) -> Operation:
    """Name the import of a private key; its `kid` is the thumbprint of what is imported."""
    facts = {"app_id": app_id, "purpose": purpose, "algorithm": algorithm, "kid": kid}
    return Operation("signing:key:import", facts)
