"""Removing the files of bundles that no channel needs any more; what is known of them stays.

In two steps, so that a crash leaves nothing wrong: first the bundles are marked, on record; then the file of
each archive goes that has no bundle left. The next run finishes what this one didn't. An upload and the
removal of the same content take turns at the archive's row (`updates.services.bundles`).
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.backends.storage import archive_remove, archives_stored
from updates.domain.release_state import OVER, ReleaseState
from updates.domain.retention import KeptRelease, bundles_needed
from updates.models import App, Bundle, Channel, DeviceOverride, Release, StoredArchive
from updates.selectors.release_views import stand_ins
from updates.services.locks import app_lock

_log = logging.getLogger(__name__)


def bundles_retain() -> int:
    """Remove what no channel needs; returns how many bundles lost their file."""
    now = clock.now()
    # Where no channel of an app names a time, nothing of it is ever removed.
    apps = Channel.objects.filter(retention_days__gte=1).values_list("app", flat=True).distinct()
    removed = sum(_bundles_mark(app_id, now) for app_id in apps)
    _archives_sweep()
    return removed


def _bundles_mark(app_id: str, now: datetime) -> int:
    with transaction.atomic():
        app = app_lock(app_id)  # so does whatever publishes, rolls back or uploads
        kept = dict(Bundle.objects.filter(app=app, removed_at=None).values_list("pk", "uploaded_at"))
        needed = bundles_needed(
            bundles=kept,
            releases=_releases(app, now),
            retention=dict(Channel.objects.filter(app=app).values_list("pk", "retention_days")),
            now=now,
        )
        over = Bundle.objects.filter(pk__in=kept.keys() - needed - _overridden(app, now)).defer("manifest")
        for bundle in over:
            bundle.removed_at = now
            bundle.save(update_fields=["removed_at"])
            audit_record(
                action=Action.BUNDLE_REMOVED,
                actor=SYSTEM,
                now=now,
                app_id=app.pk,
                subject=("bundle", bundle.version),
                detail={"version": bundle.version, "bundle_sha256": bundle.archive_id},
            )
        return len(over)


def _releases(app: App, now: datetime) -> list[KeptRelease]:
    rows = Release.objects.filter(app=app).select_related("bundle", "channel").defer("bundle__manifest")
    serving = stand_ins(Q(app=app))
    return [_kept(row, now, serves=row.pk in serving) for row in rows]


def _kept(row: Release, now: datetime, *, serves: bool) -> KeptRelease:
    """Say what a release needs; one that `serves` in place of another is as good as on its channel."""
    state = ReleaseState.LIVE if serves else ReleaseState(row.state)
    ended_at, expires_at = row.ended_at, row.channel.expires_at
    if expires_at and expires_at <= now and state not in OVER:
        # A preview that is over serves nobody, whatever its releases still say.
        state, ended_at = ReleaseState.ROLLED_BACK, expires_at
    return KeptRelease(
        bundle=row.bundle_id,
        channel=row.channel_id,
        state=state,
        live_seq=row.live_seq,
        is_full=row.is_full,
        # What was uploaded again counts from then: somebody is about to use it.
        is_halted=row.halted_at is not None,
        over_since=max(ended_at or row.created_at, row.bundle.uploaded_at),
    )


def _overridden(app: App, now: datetime) -> set[int]:
    """Bundles that a device is forced to."""
    forced = DeviceOverride.objects.filter(app=app, release__isnull=False, until__gt=now)
    return set(forced.values_list("release__bundle", flat=True))


def _archives_sweep() -> None:
    """Remove the files of archives without a bundle that keeps its own."""
    unneeded = StoredArchive.objects.filter(bundles__removed_at__isnull=False).exclude(
        bundles__removed_at=None
    )
    stored = archives_stored()
    for sha256 in unneeded.values_list("sha256", flat=True).distinct():
        if sha256 in stored:
            _archive_remove(sha256)


def _archive_remove(sha256: str) -> None:
    with transaction.atomic():
        archive = StoredArchive.objects.select_for_update().get(pk=sha256)
        if archive.bundles.filter(removed_at=None).exists():
            return  # uploaded again meanwhile
        archive_remove(sha256=sha256)
    _log.info("Removed the file of bundle %s.", sha256)
