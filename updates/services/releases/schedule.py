"""Publishing what was scheduled: looked at again and again, so that a restart loses nothing."""

from datetime import datetime

from django.db import transaction

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from updates.domain.release_state import ReleaseState
from updates.models import Release
from updates.selectors.readiness import readiness_of
from updates.services.releases.rows import release_lock
from updates.services.releases.submission import fall_back, go_live_or_fall_back


def scheduled_publish() -> int:
    """Publish each scheduled release whose time has come; return how many went live.

    Each in a transaction of its own and under its channel's lock, where it's looked at again: two workers
    publish it once. In a freeze it waits for the end. If people's word misses by now (somebody asked for more
    sign-offs, a check found something new), it goes back to where they have to look at it.
    """
    now = clock.now()
    due = Release.objects.filter(state=ReleaseState.SCHEDULED.value, scheduled_at__lte=now)
    return sum(
        _publish(release, now) for release in due.select_related("channel").order_by("scheduled_at", "pk")
    )


def _publish(release: Release, now: datetime) -> bool:
    with transaction.atomic():
        release = release_lock(release)
        if not _is_due(release, now):
            return False
        ready = readiness_of(release, now=now)
        if ready.unanswered:
            fall_back(release, ReleaseState.DRAFT, "A check found something since.", now=now)
        elif not ready.sign_offs.complete:
            fall_back(release, ReleaseState.AWAITING, "More sign-offs are needed now.", now=now)
        elif ready.frozen_until is None:
            go_live_or_fall_back(release, actor=SYSTEM, now=now)
        return release.state == ReleaseState.LIVE.value


def _is_due(release: Release, now: datetime) -> bool:
    at = release.scheduled_at
    return release.state == ReleaseState.SCHEDULED.value and at is not None and at <= now
