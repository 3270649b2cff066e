"""What a device may be forced to, and for how long.

Forcing bypasses audience and rollout, never what was taken back: a release that was rolled back, or that was
never signed off and published, doesn't come to a device this way.
"""

from datetime import datetime, timedelta
from typing import Final

from updates.domain.release_state import ON_CHANNEL, ReleaseState
from updates.errors import InvalidValueError, ReleaseStateError

# A device that nobody remembers having forced is a riddle: it gets back to normal by itself.
LONGEST_OVERRIDE: Final = timedelta(days=90)
LONGEST_REASON: Final = 200
FORCEABLE: Final = ON_CHANNEL | {ReleaseState.SUPERSEDED}


def override_until_check(until: datetime, *, now: datetime) -> datetime:
    """Return `until` if a device may be forced to something until then.

    Raises:
        InvalidValueError: It's over already, or too far away.
    """
    if until <= now:
        raise InvalidValueError("Choose a time to come.")
    if until - now > LONGEST_OVERRIDE:
        raise InvalidValueError(f"A device is forced to something for at most {LONGEST_OVERRIDE.days} days.")
    return until


def override_reason_check(reason: str) -> str:
    """Return the reason without space around it.

    Raises:
        InvalidValueError: There's none, or it's too long.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidValueError(f"Say why, in at most {LONGEST_REASON} characters.")
    return reason


def forceable_check(state: ReleaseState) -> None:
    """Make sure that a device may be forced to a release in this state.

    Raises:
        ReleaseStateError: It was never live, or was taken back.
    """
    if state not in FORCEABLE:
        raise ReleaseStateError(f"No device can be forced to a release that is {state.words}.")
