"""Publishing releases and changing their rollout."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness
from updates.domain.release_state import ReleaseState, release_state_change
from updates.domain.rollout import BASIS_POINTS
from updates.domain.version import native_bound_check, native_version_parse
from updates.errors import ConflictError, InvalidValueError, NotFoundError, ReleaseStateError
from updates.models import App, Bundle, Channel, Release
from updates.services.decisions import channel_served_changed
from updates.services.locks import channel_lock

_SALT_BYTES = 16


def release_publish(
    *,
    channel: Channel,
    version: str,
    rollout_bps: int = BASIS_POINTS,
    native_min: str = "",
    native_max: str = "",
    notes: str = "",
    actor: Actor,
    publisher: User | None = None,
) -> Release:
    """Make a bundle live on a channel.

    A full release supersedes everything live there. A partial one lies on top of the full one and
    supersedes another partial one, so that a hotfix during a rollout wins.

    Raises:
        InvalidValueError: The share or a native version isn't acceptable.
        NotFoundError: The app has no bundle of this version.
        ConflictError: This version is live on the channel already.
    """
    now = clock.now()
    _rollout_check(rollout_bps)
    _native_range_check(native_min, native_max)
    with transaction.atomic():
        channel = channel_lock(channel)
        bundle = _bundle_find(channel.app, version)
        superseded = _supersede(channel, bundle, rollout_bps, now)
        release = Release.objects.create(
            app=channel.app,
            channel=channel,
            bundle=bundle,
            release_seq=_next_release_seq(channel.app),
            live_seq=_next_live_seq(channel.app),
            state=ReleaseState.LIVE.value,
            rollout_bps=rollout_bps,
            rollout_salt=randomness.token_bytes(_SALT_BYTES).hex(),
            native_min=native_min,
            native_max=native_max,
            notes=notes,
            created_at=now,
            author=publisher,
            published_at=now,
            published_by=publisher,
        )
        _served_changed(channel, rollout_bps)
        _published(release, superseded, actor, now)
    return release


def release_rollout_set(*, release: Release, rollout_bps: int, actor: Actor) -> Release:
    """Change the share of devices that are offered a live release; the same share again changes nothing.

    A partial release raised to all devices supersedes the full one beneath it.

    Raises:
        InvalidValueError: Not a number of basis points.
        ReleaseStateError: It isn't live, or it is for all devices already: only a rollback takes it back.
    """
    now = clock.now()
    _rollout_check(rollout_bps)
    with transaction.atomic():
        channel = channel_lock(release.channel)
        release = Release.objects.select_related("bundle").get(pk=release.pk)
        release.channel, release.app = channel, channel.app
        before = release.rollout_bps
        if release.state != ReleaseState.LIVE.value:
            raise ReleaseStateError("Only a live release has a rollout.")
        if before == rollout_bps:
            return release
        if before == BASIS_POINTS:
            raise ReleaseStateError("This release is for all devices already; roll it back instead.")
        if rollout_bps == BASIS_POINTS:
            for older in _live(channel):
                if older.pk != release.pk:
                    release_move(older, ReleaseState.SUPERSEDED, now)
        release.rollout_bps = rollout_bps
        release.save(update_fields=["rollout_bps"])
        _served_changed(channel, rollout_bps)
        audit_record(
            action=Action.RELEASE_ROLLOUT_CHANGED,
            actor=actor,
            now=now,
            app_id=channel.app_id,
            subject=("release", str(release.release_seq)),
            detail={"channel": channel.name, "before": before, "after": rollout_bps},
        )
    return release


def release_move(release: Release, target: ReleaseState, now: datetime) -> None:
    """Move a release to another state and save it; the caller holds the channel's lock.

    Raises:
        ReleaseStateError: The table of transitions has no such move.
    """
    release.state = release_state_change(ReleaseState(release.state), target).value
    release.ended_at = None if target is ReleaseState.LIVE else now
    release.save(update_fields=["state", "ended_at"])


def _rollout_check(rollout_bps: int) -> None:
    if not 0 <= rollout_bps <= BASIS_POINTS:
        raise InvalidValueError(f"A rollout is 0 to {BASIS_POINTS} basis points.")


def _native_range_check(native_min: str, native_max: str) -> None:
    least = native_version_parse(native_bound_check(native_min))
    greatest = native_version_parse(native_bound_check(native_max))
    if least and greatest and least > greatest:
        raise InvalidValueError("The least native version is greater than the greatest one.")


def _bundle_find(app: App, version: str) -> Bundle:
    bundle = Bundle.objects.filter(app=app, version=version).select_related("archive").first()
    if bundle is None:
        raise NotFoundError(f"{app.name} has no bundle {version}. Upload it first.")
    return bundle


def _live(channel: Channel) -> list[Release]:
    releases = Release.objects.filter(channel=channel, state=ReleaseState.LIVE.value)
    return list(releases.select_related("bundle").defer("bundle__manifest"))


def _supersede(channel: Channel, bundle: Bundle, rollout_bps: int, now: datetime) -> list[Release]:
    """Move out of the way what a new release of `bundle` takes the place of."""
    live = _live(channel)
    _not_live_check(live, bundle)
    superseded = [r for r in live if rollout_bps == BASIS_POINTS or r.rollout_bps < BASIS_POINTS]
    for older in superseded:
        release_move(older, ReleaseState.SUPERSEDED, now)
    return superseded


def _not_live_check(live: list[Release], bundle: Bundle) -> None:
    for release in live:
        if release.bundle_id == bundle.pk:
            raise ConflictError(
                f"{bundle.version} is live on this channel already, as release {release.release_seq}."
            )


def _next_release_seq(app: App) -> int:
    """Take the app's next number; the caller holds the app's lock."""
    app.last_release_seq += 1
    app.save(update_fields=["last_release_seq"])
    return app.last_release_seq


def _next_live_seq(app: App) -> int:
    """Take the next place in the order of going live; the caller holds the app's lock."""
    app.last_live_seq += 1
    app.save(update_fields=["last_live_seq"])
    return app.last_live_seq


def _served_changed(channel: Channel, rollout_bps: int) -> None:
    # A partial release on top of the built-in bundle leaves that beneath it: devices outside the rollout
    # must still be sent back from what was rolled back.
    if rollout_bps == BASIS_POINTS:
        channel.serves_builtin = False
    channel_served_changed(channel)


def _published(release: Release, superseded: list[Release], actor: Actor, now: datetime) -> None:
    audit_record(
        action=Action.RELEASE_PUBLISHED,
        actor=actor,
        now=now,
        app_id=release.app_id,
        subject=("release", str(release.release_seq)),
        detail={
            "channel": release.channel.name,
            "version": release.bundle.version,
            "bundle_sha256": release.bundle.archive_id,
            "rollout_bps": release.rollout_bps,
            "native_min": release.native_min,
            "native_max": release.native_max,
            "supersedes": [older.release_seq for older in superseded],
            "decision_seq": release.channel.decision_seq,
        },
    )
