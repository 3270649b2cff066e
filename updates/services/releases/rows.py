"""Rows of releases under the channel's lock: reading them afresh, moving them, numbering them."""

from datetime import datetime
from typing import Any, Final

from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.models import AuditEvent
from compliance.ledger.services import audit_record
from updates.domain.release_state import BEFORE_LIVE, ON_CHANNEL, ReleaseState, release_state_change
from updates.domain.supersession import Reach
from updates.errors import ReleaseStateError
from updates.models import App, Channel, Release, SignOff
from updates.services.locks import channel_lock

_CHANGEABLE: Final = ", ".join(sorted(state.words for state in BEFORE_LIVE))


def release_lock(release: Release) -> Release:
    """Lock a release's channel for the rest of the transaction and read the release afresh."""
    channel = channel_lock(release.channel)
    fresh = Release.objects.select_related("bundle__archive").defer("bundle__manifest").get(pk=release.pk)
    fresh.channel, fresh.app = channel, channel.app
    return fresh


def release_move(release: Release, target: ReleaseState, now: datetime, *, reason: str = "") -> None:
    """Move a release to another state and save it; the caller holds the channel's lock.

    Raises:
        ReleaseStateError: The table of transitions has no such move.
    """
    release.state = release_state_change(ReleaseState(release.state), target).value
    release.state_reason = reason
    release.ended_at = None if target in ON_CHANNEL | BEFORE_LIVE else now
    release.save()


def before_live_check(release: Release) -> None:
    """Refuse a release that has been published: what devices saw is never changed.

    Raises:
        ReleaseStateError: It's neither a draft, nor awaiting sign-offs, nor scheduled.
    """
    if ReleaseState(release.state) not in BEFORE_LIVE:
        raise ReleaseStateError(
            f"A release that is {ReleaseState(release.state).words} can't be changed any more, only one that "
            f"is {_CHANGEABLE}."
        )


def on_channel(channel: Channel) -> list[Release]:
    """Read what is on a channel, whether live, paused or halted, newest first."""
    releases = Release.objects.filter(channel=channel, state__in=ON_CHANNEL).select_related("bundle")
    return list(releases.defer("bundle__manifest").order_by("-live_seq"))


def reach_of(release: Release) -> Reach:
    """Say for whom a release is, as the domain's rules need it."""
    return Reach(release.rollout_bps, release.rollout_salt, release.audience, release.targeted)


def revision_begin(release: Release, *, actor: Actor, now: datetime) -> None:
    """Begin another revision (unsaved) of a locked release: what was signed of it is void, on record."""
    void = SignOff.objects.filter(release=release, revision=release.revision, approves=True).count()
    release.revision += 1
    if void:
        release_record(Action.SIGN_OFFS_VOIDED, release, actor=actor, now=now, sign_offs=void)


def served_changed_by(release: Release, channel: Channel) -> None:
    """Note on the locked channel what a release on it does to the built-in bundle beneath."""
    # A partial release on top of the built-in bundle leaves that beneath it: devices outside the rollout
    # must still be sent back from what was rolled back.
    if release.is_full:
        channel.serves_builtin = False


def next_release_seq(app: App) -> int:
    """Take the app's next number; the caller holds the app's lock."""
    app.last_release_seq += 1
    app.save(update_fields=["last_release_seq"])
    return app.last_release_seq


def next_live_seq(app: App) -> int:
    """Take the next place in the order of going live; the caller holds the app's lock."""
    app.last_live_seq += 1
    app.save(update_fields=["last_live_seq"])
    return app.last_live_seq


def release_record(
    action: Action,
    release: Release,
    *,
    actor: Actor,
    now: datetime,
    outcome: Outcome = Outcome.DONE,
    **detail: Any,
) -> AuditEvent:
    """Record what happened to a release."""
    told = {"channel": release.channel.name, "version": release.bundle.version, "revision": release.revision}
    return audit_record(
        action=action,
        actor=actor,
        now=now,
        outcome=outcome,
        app_id=release.app_id,
        subject=("release", str(release.release_seq)),
        detail={**told, **detail},
    )
