"""Where a planned rollout stands: which step comes next, and what it waits for."""

from dataclasses import dataclass
from datetime import datetime

from updates.domain.release_state import ReleaseState
from updates.domain.rollout_plan import Step, Wait, plan_read, step_wait
from updates.models import Release
from updates.selectors.freezes import channel_frozen_until
from updates.selectors.reports import reports_since


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step that a rollout takes next, counted from 0; `wait` is what for, None: it's due."""

    index: int
    step: Step
    wait: Wait | None


def next_step(release: Release, *, now: datetime) -> NextStep | None:
    """Say what a rollout does next; None: it has no plan, it's at its end, or somebody stopped it."""
    steps = plan_read(release.plan)
    upcoming = release.plan_step + 1
    is_going = release.state == ReleaseState.LIVE.value and not release.plan_stopped
    if not is_going or upcoming >= len(steps):
        return None
    return NextStep(upcoming, steps[upcoming], _wait(release, steps[release.plan_step], now))


def _wait(release: Release, step: Step, now: datetime) -> Wait | None:
    # A step takes it to more devices, which a freeze forbids.
    if frozen_until := channel_frozen_until(release.channel, now):
        return Wait("the end of the channel's freeze", frozen_until)
    reports = reports_since(release, release.counts_from)
    return step_wait(
        step,
        since=release.plan_step_at or now,
        installed=reports.installed,
        failed=reports.failed,
        now=now,
    )
