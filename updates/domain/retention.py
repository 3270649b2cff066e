"""Which bundles' files are still needed: one pure function over all channels of an app."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from updates.domain.release_state import BEFORE_LIVE, ON_CHANNEL, ReleaseState

_NEEDED: Final = ON_CHANNEL | BEFORE_LIVE


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """A release, as far as it needs its bundle's file.

    Attributes:
        bundle: The bundle's id.
        channel: The channel's id.
        live_seq: Its place in the order of going live; None: it never did.
        is_full: It was for every device.
        over_since: When it ended, or was drafted where it never began.
        is_halted: It was halted and not resumed since: no rollback goes back to it.
    """

    bundle: int
    channel: int
    state: ReleaseState
    live_seq: int | None
    is_full: bool
    over_since: datetime
    is_halted: bool = False


def bundles_needed(
    *,
    bundles: Mapping[int, datetime],
    releases: Iterable[KeptRelease],
    retention: Mapping[int, int | None],
    now: datetime,
) -> set[int]:
    """Say which bundles have to keep their files.

    A release needs its bundle while it's on its channel or not yet published; while it's what the channel
    goes back to when the present one is rolled back; and for the channel's days after its end. A channel that
    names no days keeps for ever. A bundle that was never released counts from its upload, by the app's most
    patient channel.

    Args:
        bundles: When each bundle of the app was uploaded, by id.
        releases: All releases of the app.
        retention: Days by channel, of all channels of the app; None is for ever.
        now: The time.
    """
    known = list(releases)
    targets = _rollback_targets(known)
    needed = {
        release.bundle
        for release in known
        if release.state in _NEEDED
        or release in targets
        or _is_young(release.over_since, retention.get(release.channel), now)
    }
    released = {release.bundle for release in known}
    patience = _most_patient(retention)
    return needed | {
        bundle
        for bundle, uploaded_at in bundles.items()
        if bundle not in released and _is_young(uploaded_at, patience, now)
    }


def _rollback_targets(releases: Iterable[KeptRelease]) -> set[KeptRelease]:
    """What each channel goes back to: its last full release that something newer superseded."""
    found: dict[int, KeptRelease] = {}
    for release in releases:
        gone_back_to = release.state is ReleaseState.SUPERSEDED and not release.is_halted
        if not gone_back_to or not release.is_full or release.live_seq is None:
            continue
        other = found.get(release.channel)
        if other is None or (other.live_seq or 0) < release.live_seq:
            found[release.channel] = release
    return set(found.values())


def _most_patient(retention: Mapping[int, int | None]) -> int | None:
    days = list(retention.values())
    return None if None in days or not days else max(day for day in days if day is not None)


def _is_young(since: datetime, days: int | None, now: datetime) -> bool:
    # 0 is no number of days (the database refuses it too): never "delete everything".
    return not days or now < since + timedelta(days=days)
