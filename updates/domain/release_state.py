"""The life of a release, as far as it exists: one table of transitions."""

from enum import StrEnum
from typing import Final

from updates.errors import ReleaseStateError


class ReleaseState(StrEnum):
    """Where a release stands. `live` is the only state in which devices are offered it."""

    LIVE = "live"
    SUPERSEDED = "superseded"
    ROLLED_BACK = "rolled_back"


# A superseded release comes back to life when what superseded it is rolled back.
TRANSITIONS: Final[dict[ReleaseState, frozenset[ReleaseState]]] = {
    ReleaseState.LIVE: frozenset({ReleaseState.SUPERSEDED, ReleaseState.ROLLED_BACK}),
    ReleaseState.SUPERSEDED: frozenset({ReleaseState.LIVE, ReleaseState.ROLLED_BACK}),
    ReleaseState.ROLLED_BACK: frozenset({ReleaseState.LIVE}),
}


def release_state_change(current: ReleaseState, target: ReleaseState) -> ReleaseState:
    """Return `target` if a release may go there from `current`.

    Raises:
        ReleaseStateError: The table has no such transition.
    """
    if target not in TRANSITIONS[current]:
        raise ReleaseStateError(f"A release that is {current.value} can't become {target.value}.")
    return target
