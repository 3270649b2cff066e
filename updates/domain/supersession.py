"""Which releases on a channel a new one takes the place of, and whose order of devices it takes over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from updates.domain.rollout import BASIS_POINTS


@dataclass(frozen=True, slots=True)
class Reach:
    """For whom a release is: a share of an audience (empty: everybody), in the order of its salt."""

    rollout_bps: int
    rollout_salt: str
    audience: Mapping[str, Any]
    targeted: bool

    @property
    def is_full(self) -> bool:
        """Whether it's for every device of its channel."""
        return self.rollout_bps == BASIS_POINTS and not self.targeted


def supersedes(new: Reach, old: Reach) -> bool:
    """Tell whether everybody whom `old` is for gets `new`, so that `old` has nobody left.

    A full release takes the place of everything. A partial one takes the place of another only if it reaches
    at least as far among the same devices: otherwise a hotfix at 1 % would take the release from the 20 %
    that have it already.
    """
    if new.is_full:
        return True
    if old.is_full or new.rollout_bps < old.rollout_bps:
        return False
    same_order = new.rollout_bps == BASIS_POINTS or new.rollout_salt == old.rollout_salt
    wider = new.audience == old.audience or not (new.targeted or old.audience.get("always"))
    return same_order and wider


def salt_taken_over(on_channel: Iterable[Reach]) -> str | None:
    """Name the salt of the rollout that is going on, newest first; None if there is none.

    A hotfix during a rollout goes to the same devices first: those that have the fault.
    """
    return next((reach.rollout_salt for reach in on_channel if reach.rollout_bps < BASIS_POINTS), None)
