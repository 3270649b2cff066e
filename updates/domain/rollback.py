"""What a rollback does to a channel's releases: one pure function, for the act and for its preview.

The rules; newer and older are by the order of going live:

1. Something must be on the channel, whether live, paused or halted. What is on it and newer than the target
   is rolled back.
2. Without a target, the newest release on it is rolled back. A full release that is live beneath, or else
   the newest full one that was superseded, is served again; where there is none, the built-in bundle is. A
   full one that is paused or halted is rolled back with it: devices would have nothing to go back to.
3. One release may be named instead. It alone is rolled back; what it had superseded comes back if it was
   full, and what lies on top of it stays.
4. With a version as target, its newest full release on this channel is served again. It must be older than
   the newest one on it and not newer than the full one: a rollback never moves forward, that's a
   publication.
5. With `builtin`, everything is rolled back.
6. A superseded full release that a rollback passes over counts as rolled back too: somebody chose to go
   back further, so no later rollback may revive it by itself.
7. Nobody goes back to a bundle that was withdrawn or whose file was removed. A rollback that withdraws what
   it takes back doesn't go back to the same content under another release either.
8. Nobody goes back to what was halted and never resumed, whatever became of it since: that needs sign-offs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from updates.domain.release_state import ON_CHANNEL, ReleaseState
from updates.errors import BundleGoneError, NotFoundError, NothingToRollBackError, ReleaseStateError

BUILTIN: Final = "builtin"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one release of a channel stands.

    Attributes:
        release_seq: Its number.
        live_seq: Its place in the order of going live.
        version: Of its bundle.
        content: The SHA-256 of its bundle's archive.
        full: Whether it's for every device of the channel.
        state: Where it is in its life.
        available: Whether its bundle may and can still be served.
        halted: Whether it was halted and not resumed since, wherever it is now.
    """

    release_seq: int
    live_seq: int
    version: str
    content: str
    full: bool
    state: ReleaseState
    available: bool = True
    halted: bool = False

    @property
    def on_channel(self) -> bool:
        """Whether devices may run it by this channel's word."""
        return self.state in ON_CHANNEL


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """What to do, by `release_seq`; `now_live` is revived unless it is on the channel already."""

    rolled_back: tuple[int, ...]
    passed_over: tuple[int, ...]
    now_live: int | None
    revives: bool

    @property
    def serves_builtin(self) -> bool:
        """Whether the channel falls back to the bundle in the store's build."""
        return self.now_live is None


def rollback_plan(
    releases: Iterable[Standing], *, to: str | None, only: int | None = None, withdraws: bool = False
) -> RollbackPlan:
    """Plan the rollback of a channel.

    Args:
        releases: All releases of the channel that ever went live.
        to: A version, `builtin`, or None for what was served before.
        only: The number of the one release to take back; then `to` is None.
        withdraws: Whether what is taken back is never to be offered again.

    Raises:
        NothingToRollBackError: Nothing is on the channel, or not the named release.
        NotFoundError: No full release of that version was ever on the channel.
        ReleaseStateError: That version is what is served, or newer.
        BundleGoneError: That version was withdrawn, or its file removed.
    """
    newest_first = sorted(releases, key=lambda release: release.live_seq, reverse=True)
    live = [release for release in newest_first if release.on_channel]
    if not live:
        raise NothingToRollBackError
    if only is not None:
        return _only(newest_first, live, only, withdraws=withdraws)
    target = _target(newest_first, live, to, withdraws=withdraws)
    floor = target.live_seq if target else 0
    return _plan(newest_first, [release for release in live if release.live_seq > floor], target, floor)


def rollback_targets(releases: Iterable[Standing]) -> tuple[Standing, ...]:
    """List what a channel can be rolled back to by name, newest first, each version once."""
    newest_first = sorted(releases, key=lambda release: release.live_seq, reverse=True)
    live = [release for release in newest_first if release.on_channel]
    if not live:
        return ()
    targets: dict[str, Standing] = {}
    for release in _candidates(newest_first, live):
        targets.setdefault(release.version, release)
    return tuple(one for one in targets.values() if one.available and not one.halted)


def _only(
    newest_first: Sequence[Standing], live: Sequence[Standing], only: int, *, withdraws: bool
) -> RollbackPlan:
    taken = next((release for release in live if release.release_seq == only), None)
    if taken is None:
        raise NothingToRollBackError("This release isn't on its channel, so there's nothing to roll back.")
    full = next((release for release in live if release.full), None)
    if not taken.full and (full is None or full.state is ReleaseState.LIVE):
        return RollbackPlan((only,), (), full.release_seq if full else None, revives=False)
    # The full one goes too: it's the named one, or it's stopped.
    gone = [taken] if full is None or full is taken else [taken, full]
    older = [release for release in newest_first if release.live_seq < gone[-1].live_seq]
    target = _served_before(older, {release.content for release in gone} if withdraws else set())
    return _plan(older, gone, target, target.live_seq if target else 0)


def _plan(
    newest_first: Sequence[Standing],
    rolled_back: Sequence[Standing],
    target: Standing | None,
    floor: int,
) -> RollbackPlan:
    passed_over = (
        release
        for release in newest_first
        if release.full and release.live_seq > floor and release.state is ReleaseState.SUPERSEDED
    )
    return RollbackPlan(
        rolled_back=tuple(release.release_seq for release in rolled_back),
        passed_over=tuple(release.release_seq for release in passed_over),
        now_live=target.release_seq if target else None,
        revives=target is not None and target.state is not ReleaseState.LIVE,
    )


def _target(
    newest_first: Sequence[Standing], live: Sequence[Standing], to: str | None, *, withdraws: bool
) -> Standing | None:
    if to == BUILTIN:
        return None
    older = _candidates(newest_first, live)
    if to is not None:
        return _named(newest_first, older, to)
    if not withdraws:
        return _served_before(older, set())
    for candidate in older:
        taken_back = {release.content for release in live if release.live_seq > candidate.live_seq}
        if _served_before([candidate], taken_back):
            return candidate
    return None


def _served_before(older: Sequence[Standing], gone: set[str]) -> Standing | None:
    for release in older:
        was_served = release.state in {ReleaseState.LIVE, ReleaseState.SUPERSEDED}
        if not (release.full and was_served) or release.halted:
            continue
        if release.available and release.content not in gone:
            return release
    return None


def _candidates(newest_first: Sequence[Standing], live: Sequence[Standing]) -> list[Standing]:
    below = live[0].live_seq
    full_live = next((release.live_seq for release in live if release.full), below)
    return [r for r in newest_first if r.full and r.live_seq < below and r.live_seq <= full_live]


def _named(newest_first: Sequence[Standing], older: Sequence[Standing], version: str) -> Standing:
    for release in older:
        if release.version == version:
            if not release.available:
                raise BundleGoneError(f"{version} was withdrawn or its file removed. Choose another one.")
            if release.halted:
                raise ReleaseStateError(f"{version} was halted and not resumed. Choose another one.")
            return release
    if any(release.version == version and release.full for release in newest_first):
        raise ReleaseStateError(f"{version} isn't older than what is live. Publish it to go forward.")
    raise NotFoundError(f"No full release of {version} was ever on this channel.")
