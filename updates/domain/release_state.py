"""The life of a release: one table of transitions, and what each state means for devices."""

from enum import StrEnum
from typing import Final

from updates.errors import ReleaseStateError


class ReleaseState(StrEnum):
    """Where a release stands. `live` is the only state in which devices are newly offered it."""

    DRAFT = "draft"
    AWAITING = "awaiting"  # sign-offs
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"  # by somebody
    HALTED = "halted"  # by the guard; going on needs what publishing needed
    SUPERSEDED = "superseded"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"

    @property
    def words(self) -> str:
        """How pages write it."""
        return "awaiting sign-off" if self is ReleaseState.AWAITING else self.value.replace("_", " ")


# On the channel: what runs a paused or halted release keeps it, nobody else is offered it.
ON_CHANNEL: Final = frozenset({ReleaseState.LIVE, ReleaseState.PAUSED, ReleaseState.HALTED})
# Not yet published: nobody has seen it, so it may still be changed.
BEFORE_LIVE: Final = frozenset({ReleaseState.DRAFT, ReleaseState.AWAITING, ReleaseState.SCHEDULED})
# For good.
OVER: Final = frozenset({ReleaseState.WITHDRAWN, ReleaseState.DISCARDED})

_GONE_FROM_CHANNEL: Final = frozenset({
    ReleaseState.SUPERSEDED,
    ReleaseState.ROLLED_BACK,
    ReleaseState.WITHDRAWN,
})
_NOT_PUBLISHED: Final = frozenset({ReleaseState.DISCARDED, ReleaseState.WITHDRAWN})

TRANSITIONS: Final[dict[ReleaseState, frozenset[ReleaseState]]] = {
    ReleaseState.DRAFT: _NOT_PUBLISHED | {ReleaseState.AWAITING, ReleaseState.SCHEDULED, ReleaseState.LIVE},
    # Back to draft: rejected, or changed, which voids what was signed.
    ReleaseState.AWAITING: _NOT_PUBLISHED | {ReleaseState.DRAFT, ReleaseState.SCHEDULED, ReleaseState.LIVE},
    ReleaseState.SCHEDULED: _NOT_PUBLISHED | {ReleaseState.DRAFT, ReleaseState.AWAITING, ReleaseState.LIVE},
    ReleaseState.LIVE: _GONE_FROM_CHANNEL | {ReleaseState.PAUSED, ReleaseState.HALTED},
    ReleaseState.PAUSED: _GONE_FROM_CHANNEL | {ReleaseState.LIVE, ReleaseState.HALTED},
    ReleaseState.HALTED: _GONE_FROM_CHANNEL | {ReleaseState.LIVE},
    # A superseded release comes back to life when what superseded it is rolled back.
    ReleaseState.SUPERSEDED: frozenset({
        ReleaseState.LIVE,
        ReleaseState.ROLLED_BACK,
        ReleaseState.WITHDRAWN,
    }),
    ReleaseState.ROLLED_BACK: frozenset({ReleaseState.LIVE, ReleaseState.WITHDRAWN}),
    ReleaseState.WITHDRAWN: frozenset(),
    ReleaseState.DISCARDED: frozenset(),
}


def release_state_change(current: ReleaseState, target: ReleaseState) -> ReleaseState:
    """Return `target` if a release may go there from `current`.

    Raises:
        ReleaseStateError: The table has no such transition.
    """
    if target not in TRANSITIONS[current]:
        raise ReleaseStateError(f"A release that is {current.words} can't become {target.words}.")
    return target
