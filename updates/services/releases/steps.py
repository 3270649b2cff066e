"""Rollouts that follow a plan: the next step when its time has come and devices said that it works."""

from datetime import datetime
from typing import Any

from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Action, Actor
from releaseconsole.kernel import clock
from updates.domain.release_state import ReleaseState
from updates.domain.rollout_plan import plan_check, plan_read, plan_write
from updates.errors import InvalidValueError, ReleaseStateError
from updates.models import Release
from updates.selectors.receipts import RECEIVED
from updates.selectors.rollout_steps import next_step
from updates.services.releases.rows import release_lock, release_record
from updates.services.releases.running import received_check, share_set


def rollouts_step() -> int:
    """Take the next step of each rollout that is ready for it; return how many took one.

    Each in a transaction of its own and under its channel's lock, where it's looked at again: two workers
    take a step once, and one that died has taken it or not. Late is late: a step is never skipped.
    """
    now = clock.now()
    planned = Release.objects.filter(state=ReleaseState.LIVE.value, plan_stopped=False).exclude(plan=[])
    rows = (
        planned.filter(RECEIVED).select_related("channel", "bundle").defer("bundle__manifest").order_by("pk")
    )
    # Without a lock first: nearly always there's nothing to do.
    return sum(_step(release, now) for release in rows if _is_due(release, now))


def release_plan_set(*, release: Release, plan: list[dict[str, Any]], actor: Actor) -> Release:
    """Give a live rollout the steps that it goes on by; the share stays until the first one is due.

    Steps that wouldn't raise the share are left out; an empty plan ends the one it has.

    Raises:
        InvalidValueError: No such plan, or it doesn't go beyond the share that it has.
        ReleaseStateError: It isn't live, or waits for its receipt.
    """
    now = clock.now()
    steps = plan_check(plan_read(plan))
    with transaction.atomic():
        release = release_lock(release)
        if release.state != ReleaseState.LIVE.value:
            raise ReleaseStateError("Only a live release has a rollout.")
        received_check(release)
        ahead = [step for step in steps if step.bps > release.rollout_bps]
        if steps and not ahead:
            raise InvalidValueError("The plan doesn't go beyond the share that the release has.")
        # Where it is now is the first step, on that step's conditions.
        here = next((step for step in reversed(steps) if step.bps <= release.rollout_bps), None)
        first = plan_write([here])[0] if here else {}
        release.plan = [{**first, "bps": release.rollout_bps}, *plan_write(ahead)] if ahead else []
        release.plan_step, release.plan_step_at, release.plan_stopped = 0, now if ahead else None, False
        release.save()
        release_record(Action.RELEASE_ROLLOUT_CHANGED, release, actor=actor, now=now, plan=release.plan)
    return release


def _step(release: Release, now: datetime) -> bool:
    with transaction.atomic():
        release = release_lock(release)
        if not _is_due(release, now):
            return False
        before = release.rollout_bps
        release.plan_step, release.plan_step_at = release.plan_step + 1, now
        share_set(release, plan_read(release.plan)[release.plan_step].bps, now)
        release_record(
            Action.RELEASE_STEP_TAKEN,
            release,
            actor=SYSTEM,
            now=now,
            step=release.plan_step + 1,
            before=before,
            after=release.rollout_bps,
        )
    return True


def _is_due(release: Release, now: datetime) -> bool:
    upcoming = next_step(release, now=now)
    return upcoming is not None and upcoming.wait is None
