"""Making a release live; whoever calls this has asked what may be in its way.

Devices are offered it once its receipt is there (`receipts`): until then its channel serves what lies
beneath.
"""

from datetime import datetime

from compliance.ledger.domain.events import Action, Actor
from updates.domain.release_state import ReleaseState
from updates.domain.rollout import BASIS_POINTS
from updates.domain.supersession import salt_taken_over, supersedes
from updates.errors import BundleGoneError, ConflictError
from updates.models import Release
from updates.services.releases.receipts import receipt_ask
from updates.services.releases.rows import (
    next_live_seq,
    on_channel,
    reach_of,
    release_move,
    release_record,
)


def go_live(release: Release, *, actor: Actor, now: datetime) -> None:
    """Make a locked release live, over what it takes the place of.

    Raises:
        ConflictError: Its version is on the channel already.
        BundleGoneError: Its bundle was withdrawn, or its file removed.
    """
    channel = release.channel
    beneath = on_channel(channel)
    publishable_check(release, beneath)
    if release.rollout_bps < BASIS_POINTS:
        release.rollout_salt = salt_taken_over(map(reach_of, beneath)) or release.rollout_salt
    superseded = superseded_by(release, beneath, now)
    release.live_seq = next_live_seq(release.app)
    release.published_at = now
    release.counts_from = now
    release.plan_step_at = now if release.plan else None
    release_move(release, ReleaseState.LIVE, now)
    event = release_record(
        Action.RELEASE_PUBLISHED,
        release,
        actor=actor,
        now=now,
        bundle_sha256=release.bundle.archive_id,
        rollout_bps=release.rollout_bps,
        targeted=release.targeted,
        native_min=release.native_min,
        native_max=release.native_max,
        supersedes=[older.release_seq for older in superseded],
        # The first one that a decision about it can have: its receipt raises it, other changes may before.
        decision_seq=channel.decision_seq + 1,
    )
    receipt_ask(release, event)


def publishable_check(release: Release, beneath: list[Release]) -> None:
    """Refuse what could never be served.

    Raises:
        ConflictError: Its version is on the channel already.
        BundleGoneError: Its bundle was withdrawn, or its file removed.
    """
    bundle_there_check(release)
    for other in beneath:
        if other.bundle_id == release.bundle_id:
            raise ConflictError(
                f"{release.bundle.version} is live on this channel already, as release {other.release_seq}."
            )


def bundle_there_check(release: Release) -> None:
    """Refuse a bundle that nobody may or can have.

    Raises:
        BundleGoneError: It was withdrawn, or its file removed.
    """
    if release.bundle.withdrawn_at:
        raise BundleGoneError(f"{release.bundle.version} was withdrawn. Nobody may have it.")
    if release.bundle.removed_at:
        raise BundleGoneError(f"The file of {release.bundle.version} was removed. Upload it again.")


def superseded_by(release: Release, beneath: list[Release], now: datetime) -> list[Release]:
    """Move out of the way what a release on the channel leaves nobody for."""
    new = reach_of(release)
    superseded = [one for one in beneath if one.pk != release.pk and supersedes(new, reach_of(one))]
    for older in superseded:
        older.superseded_by, older.superseded_from = release, older.state
        release_move(older, ReleaseState.SUPERSEDED, now)
    return superseded
