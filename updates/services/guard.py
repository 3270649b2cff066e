"""The guard: looks at every live release of a channel that has one, and stops what fails too often."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.services.mail import letter_write
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from updates.domain.channel_rules import GuardAction
from updates.domain.guard import guard_trips
from updates.domain.release_state import ReleaseState
from updates.models import Channel, Release
from updates.selectors.reports import Reports, reports_since
from updates.services.releases import release_halt
from updates.services.releases.rows import release_lock, release_record
from updates.services.rollback import release_roll_back


def guard_watch() -> int:
    """Look at every guarded release once; return for how many the guard spoke.

    It speaks once of a release until somebody lets it go on: under the channel's lock it looks whether
    another worker has spoken.
    """
    now = clock.now()
    watched = Release.objects.filter(state=ReleaseState.LIVE.value, guard_tripped_at=None).exclude(
        channel__guard_action=GuardAction.NONE.value
    )
    rows = watched.select_related("channel", "bundle").defer("bundle__manifest").order_by("pk")
    # Without a lock first: nearly always there's nothing to do.
    return sum(_speak(release, now) for release in rows if _too_many(release.channel, _reports(release, now)))


def _speak(release: Release, now: datetime) -> bool:
    with transaction.atomic():
        release = release_lock(release)
        reports = _reports(release, now)
        said = release.state != ReleaseState.LIVE.value or release.guard_tripped_at is not None
        if said or not _too_many(release.channel, reports):
            return False
        action = GuardAction(release.channel.guard_action)
        release.guard_tripped_at = now
        release.save(update_fields=["guard_tripped_at"])
        release_record(
            Action.GUARD_TRIPPED,
            release,
            actor=SYSTEM,
            now=now,
            guard_action=action.value,
            failed=reports.failed,
            reported=reports.total,
            limit_bps=release.channel.guard_failure_bps,
        )
        _tell(release, action, reports)
        _act(release, action, f"The guard: it failed on {reports.failed} of {reports.total} devices.")
    return True


def _act(release: Release, action: GuardAction, why: str) -> None:
    if action is GuardAction.HALT:
        release_halt(release=release, actor=SYSTEM, reason=why)
    elif action is GuardAction.ROLL_BACK:
        release_roll_back(release=release, actor=SYSTEM, reason=why)


def _reports(release: Release, now: datetime) -> Reports:
    since = now - timedelta(minutes=release.channel.guard_window_minutes)
    return reports_since(release, max(since, release.counts_from or since))


def _too_many(channel: Channel, reports: Reports) -> bool:
    return channel.guard_action != GuardAction.NONE.value and guard_trips(
        failed=reports.failed,
        reported=reports.total,
        limit_bps=channel.guard_failure_bps,
        min_devices=channel.guard_min_devices,
    )


def _tell(release: Release, action: GuardAction, reports: Reports) -> None:
    responsible = User.objects.filter(pk__in={release.author_id, release.published_by_id}, is_active=True)
    for person in responsible:
        letter_write(
            to=person,
            template="guard_tripped",
            context={"release": release, "action": action.value, "reports": reports},
        )
