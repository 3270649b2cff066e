"""Withdrawing a compromised bundle: never offered again, its downloads refused, its devices moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.domain.release_state import ON_CHANNEL, OVER, ReleaseState
from updates.errors import BundleGoneError
from updates.models import App, Bundle, Channel, Release
from updates.selectors.release_views import stand_ins
from updates.services.decision_table import decision_table_touch
from updates.services.decisions import channel_served_changed
from updates.services.locks import app_lock, channel_lock
from updates.services.releases.rows import release_move
from updates.services.taking_back import taken_back


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was withdrawn, and the channels that serve something else because of it."""

    bundles: list[Bundle]
    channels: list[Channel]


def bundle_withdraw(*, bundle: Bundle, reason: str, actor: Actor) -> Withdrawal:
    """Withdraw a bundle, and every other version of the app with the same content.

    Channels that serve it go back to what they served before, at once and without sign-off.

    Raises:
        BundleGoneError: It is withdrawn already.
    """
    now = clock.now()
    with transaction.atomic():
        app = app_lock(bundle.app_id)
        if Bundle.objects.filter(pk=bundle.pk, withdrawn_at__isnull=False).exists():
            raise BundleGoneError(f"{bundle.version} is withdrawn already.")
        return withdrawn(app, {bundle.archive_id}, reason=reason, actor=actor, now=now)


def withdrawn(app: App, contents: Iterable[str], *, reason: str, actor: Actor, now: datetime) -> Withdrawal:
    """Withdraw all bundles of a locked app with these contents, inside the caller's transaction."""
    bundles = list(
        Bundle.objects.filter(app=app, archive__in=set(contents), withdrawn_at=None).defer("manifest")
    )
    for bundle in bundles:
        bundle.withdrawn_at, bundle.withdrawn_reason = now, reason
        bundle.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        audit_record(
            action=Action.BUNDLE_WITHDRAWN,
            actor=actor,
            now=now,
            app_id=app.pk,
            subject=("bundle", bundle.version),
            detail={"version": bundle.version, "bundle_sha256": bundle.archive_id},
        )
    channels = _taken_back_everywhere(bundles, actor, now)
    serving = stand_ins(Q(app=app))
    for release in _releases(bundles):
        if release.pk in serving:  # in place of what waits for its receipt
            channels.append(channel_lock(release.channel))
            channel_served_changed(channels[-1])
        release_move(release, ReleaseState.WITHDRAWN, now, reason=reason)
    # Also where no channel served it: downloads are refused from now on.
    decision_table_touch()
    return Withdrawal(bundles, channels)


def _taken_back_everywhere(bundles: list[Bundle], actor: Actor, now: datetime) -> list[Channel]:
    channels = []
    on_channel = [release for release in _releases(bundles) if ReleaseState(release.state) in ON_CHANNEL]
    for release in on_channel:
        rollback = taken_back(release.channel, to=None, only=release.release_seq, actor=actor, now=now)
        channels.append(rollback.channel)
    return channels


def _releases(bundles: list[Bundle]) -> list[Release]:
    releases = Release.objects.filter(bundle__in=bundles).exclude(state__in=OVER)
    return list(
        releases.select_related("bundle", "channel", "app").defer("bundle__manifest").order_by("live_seq")
    )
