"""Releases on a channel: their rollout by hand, pausing, halting, going on."""

from datetime import datetime

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock
from updates.domain.release_state import ON_CHANNEL, ReleaseState
from updates.domain.release_terms import rollout_check
from updates.domain.rollout import BASIS_POINTS
from updates.errors import (
    ChannelFrozenError,
    ChecksUnansweredError,
    ReleaseStateError,
    SignOffMissingError,
)
from updates.models import Release
from updates.selectors.freezes import channel_frozen_until
from updates.selectors.readiness import readiness_of
from updates.selectors.receipts import is_received
from updates.selectors.sign_offs import sign_off_standing
from updates.services.decisions import channel_served_changed
from updates.services.releases.going_live import bundle_there_check, superseded_by
from updates.services.releases.receipts import receipt_ask
from updates.services.releases.rows import (
    on_channel,
    release_lock,
    release_move,
    release_record,
    served_changed_by,
)
from updates.services.sign_off_letters import sign_offs_ask


def release_rollout_set(*, release: Release, rollout_bps: int, actor: Actor) -> Release:
    """Change the share of devices that are offered a live release; the same share again changes nothing.

    A plan stops: somebody has taken over. Raised to all devices, it supersedes the full one beneath it.

    Raises:
        InvalidValueError: Not a number of basis points.
        ReleaseStateError: It isn't live, waits for its receipt, or is for all devices already: only a
            rollback takes it back.
        ChannelFrozenError: It would be raised while nothing goes live on the channel.
    """
    now = clock.now()
    rollout_check(rollout_bps)
    with transaction.atomic():
        release = release_lock(release)
        before = release.rollout_bps
        if release.state != ReleaseState.LIVE.value:
            raise ReleaseStateError("Only a live release has a rollout.")
        received_check(release)
        if before == rollout_bps:
            return release
        if before == BASIS_POINTS:
            raise ReleaseStateError("This release is for all devices already; roll it back instead.")
        if rollout_bps > before:
            frozen_check(release, now)
        release.plan_stopped = bool(release.plan)
        share_set(release, rollout_bps, now)
        release_record(
            Action.RELEASE_ROLLOUT_CHANGED, release, actor=actor, now=now, before=before, after=rollout_bps
        )
    return release


def received_check(release: Release) -> None:
    """Refuse to go further with what no device is offered yet.

    Raises:
        ReleaseStateError: It waits for its receipt.
    """
    if not is_received(release):
        raise ReleaseStateError("This release waits for its receipt; until then no device is offered it.")


def share_set(release: Release, rollout_bps: int, now: datetime) -> None:
    """Give a locked live release another share, and supersede whom it then leaves nobody for."""
    release.rollout_bps = rollout_bps
    # Down first: the database allows one full release on a channel at any moment.
    superseded_by(release, on_channel(release.channel), now)
    release.save()
    served_changed_by(release, release.channel)
    channel_served_changed(release.channel)


def release_pause(*, release: Release, actor: Actor, reason: str = "") -> Release:
    """Stop offering a live release to more devices; those that run it keep it. At once, whatever is frozen.

    Raises:
        ReleaseStateError: It isn't live.
    """
    return _stop(release, ReleaseState.PAUSED, Action.RELEASE_PAUSED, actor, reason)


def release_halt(*, release: Release, actor: Actor, reason: str) -> Release:
    """Stop a release as the guard does: as pausing, but going on needs what publishing needed, anew.

    Raises:
        ReleaseStateError: It's neither live nor paused.
    """
    return _stop(release, ReleaseState.HALTED, Action.RELEASE_HALTED, actor, reason)


def release_resume(*, release: Release, actor: Actor) -> Release:
    """Offer a paused or halted release to devices again; what plan and guard count begins anew.

    A halted one was signed anew, so devices are offered it once there's a receipt for that.

    Raises:
        ReleaseStateError: It's neither paused nor halted.
        BundleGoneError: Its bundle was withdrawn, or its file removed.
        ChannelFrozenError: Nothing goes live on the channel now.
        ChecksUnansweredError: It was halted, and a check found something that nobody has explained.
        SignOffMissingError: It was halted, and not everybody has signed it since.
    """
    now = clock.now()
    with transaction.atomic():
        release = release_lock(release)
        if release.state not in {ReleaseState.PAUSED.value, ReleaseState.HALTED.value}:
            raise ReleaseStateError("Only a paused or halted release goes on.")
        bundle_there_check(release)
        frozen_check(release, now)
        if release.state == ReleaseState.HALTED.value:
            _cleared_check(release, now)
        before = release.state
        release.counts_from, release.guard_tripped_at, release.halted_at = now, None, None
        release.plan_step_at = now if release.plan else None
        release_move(release, ReleaseState.LIVE, now)
        event = release_record(Action.RELEASE_RESUMED, release, actor=actor, now=now, before=before)
        if before == ReleaseState.HALTED.value:
            receipt_ask(release, event)
        else:
            channel_served_changed(release.channel)
    return release


def frozen_check(release: Release, now: datetime) -> None:
    """Refuse what brings a release to more devices while its channel is frozen.

    Raises:
        ChannelFrozenError: It is.
    """
    if until := channel_frozen_until(release.channel, now):
        raise ChannelFrozenError(f"{release.channel.name} is frozen until {until:%Y-%m-%d %H:%M} UTC.")


def _stop(release: Release, target: ReleaseState, action: Action, actor: Actor, reason: str) -> Release:
    now = clock.now()
    with transaction.atomic():
        release = release_lock(release)
        if ReleaseState(release.state) not in ON_CHANNEL:
            raise ReleaseStateError("Only what is on a channel can be stopped.")
        if target is ReleaseState.HALTED:
            release.revision += 1
            release.halted_at = now
        release_move(release, target, now, reason=reason)
        channel_served_changed(release.channel)
        release_record(action, release, actor=actor, now=now)
        if target is ReleaseState.HALTED and not sign_off_standing(release).complete:
            sign_offs_ask(release)
    return release


def _cleared_check(release: Release, now: datetime) -> None:
    ready = readiness_of(release, now=now)
    if ready.unanswered:
        raise ChecksUnansweredError
    if not ready.sign_offs.complete:
        missing = " and ".join(one.words for one in ready.sign_offs.missing)
        raise SignOffMissingError(
            f"It was halted, so it's signed anew first. Missing: {missing or 'a new draft'}."
        )
