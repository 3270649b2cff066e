"""What a rollback does to a channel's releases: one pure function, for the act and for its preview.

The rules:

1. Something must be live. What is live and newer than the target is rolled back.
2. Without a target, the newest live release is rolled back. A full release that is live beneath it, or else
   the newest full one that was superseded, is served again; where there is none, the built-in bundle is.
3. With a version as target, its newest full release on this channel is served again. It must be older than
   the newest live one and not newer than the full one: a rollback never moves forward, that's a publication.
4. With `builtin`, everything is rolled back.
5. A superseded full release that a rollback passes over counts as rolled back too: somebody chose to go
   back further, so no later rollback may revive it by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from updates.domain.release_state import ReleaseState
from updates.errors import NotFoundError, NothingToRollBackError, ReleaseStateError

BUILTIN: Final = "builtin"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one release of a channel stands."""

    release_seq: int
    version: str
    full: bool
    state: ReleaseState


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """What to do, by `release_seq`; `now_live` is revived unless it is live already."""

    rolled_back: tuple[int, ...]
    passed_over: tuple[int, ...]
    now_live: int | None
    revives: bool

    @property
    def serves_builtin(self) -> bool:
        """Whether the channel falls back to the bundle in the store's build."""
        return self.now_live is None


def rollback_plan(releases: Sequence[Standing], *, to: str | None) -> RollbackPlan:
    """Plan the rollback of a channel.

    Args:
        releases: All releases of the channel.
        to: A version, `builtin`, or None for what was served before.

    Raises:
        NothingToRollBackError: Nothing is live.
        NotFoundError: No full release of that version was ever on the channel.
        ReleaseStateError: That version is what is served, or newer.
    """
    newest_first = sorted(releases, key=lambda release: release.release_seq, reverse=True)
    live = [release for release in newest_first if release.state is ReleaseState.LIVE]
    if not live:
        raise NothingToRollBackError
    target = _target(newest_first, live, to)
    floor = target.release_seq if target else 0
    return RollbackPlan(
        rolled_back=tuple(release.release_seq for release in live if release.release_seq > floor),
        passed_over=_passed_over(newest_first, floor),
        now_live=target.release_seq if target else None,
        revives=target is not None and target.state is not ReleaseState.LIVE,
    )


def _target(newest_first: Sequence[Standing], live: Sequence[Standing], to: str | None) -> Standing | None:
    if to == BUILTIN:
        return None
    older = _candidates(newest_first, live)
    if to is None:
        served_before = {ReleaseState.LIVE, ReleaseState.SUPERSEDED}
        return next((release for release in older if release.state in served_before), None)
    return _named(newest_first, older, to)


def _candidates(newest_first: Sequence[Standing], live: Sequence[Standing]) -> list[Standing]:
    below = live[0].release_seq
    full_live = next((release.release_seq for release in live if release.full), below)
    return [r for r in newest_first if r.full and r.release_seq < below and r.release_seq <= full_live]


def _named(newest_first: Sequence[Standing], older: Sequence[Standing], version: str) -> Standing:
    for release in older:
        if release.version == version:
            return release
    if any(release.version == version and release.full for release in newest_first):
        raise ReleaseStateError(f"{version} isn't older than what is live. Publish it to go forward.")
    raise NotFoundError(f"No full release of {version} was ever on this channel.")


def _passed_over(newest_first: Sequence[Standing], floor: int) -> tuple[int, ...]:
    return tuple(
        release.release_seq
        for release in newest_first
        if release.full and release.release_seq > floor and release.state is ReleaseState.SUPERSEDED
    )
