"""Rollouts that go on by themselves, and stop by themselves."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from unittest.mock import patch

import pytest
import time_machine

from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.another_process import run_elsewhere
from tests.support.at_once import at_once
from tests.support.dying import Crash
from tests.support.releasing import frozen, reported
from tests.support.shipping import app_made, bundle_made, channel_made, recorded, released, standing
from updates.errors import InvalidValueError, ReleaseStateError
from updates.models import Channel, Release
from updates.selectors.rollout_steps import next_step
from updates.services import (
    release_pause,
    release_plan_set,
    release_publish,
    release_resume,
    release_rollout_set,
    rollouts_step,
)
from updates.services.releases import running

PLAN = [
    {"bps": 100, "soak_minutes": 60},
    {"bps": 5000, "soak_minutes": 60, "min_success_bps": 9000, "min_devices": 10},
    {"bps": 10_000},
]


def planned(channel: Channel, version: str = "1.1.0") -> Release:
    bundle_made(channel.app, version)
    return release_publish(channel=channel, version=version, plan=PLAN, actor=SYSTEM)


def later(hours: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(hours=hours), tick=False)


def share(release: Release) -> int:
    release.refresh_from_db()
    return release.rollout_bps


def test_a_plan_is_gone_through_as_time_passes_and_devices_report(production: Channel) -> None:
    released(production, "1.0.0")
    release = planned(production)
    assert release.rollout_bps == 100
    assert rollouts_step() == 0
    with later(1.1):
        assert (rollouts_step(), share(release)) == (1, 5000)
        assert rollouts_step() == 0
    with later(3):
        assert rollouts_step() == 0
        reported(release, installed=8, failed=2)
        assert rollouts_step() == 0
        reported(release, installed=10)
        assert (rollouts_step(), share(release)) == (1, 10_000)
        assert rollouts_step() == 0
    assert standing(production) == {1: "superseded", 2: "live"}
    taken = [(event.detail["step"], event.detail["after"]) for event in recorded(Action.RELEASE_STEP_TAKEN)]
    assert taken == [(2, 5000), (3, 10_000)]


def test_a_long_pause_of_the_worker_skips_no_step(production: Channel) -> None:
    release = planned(production)
    reported(release, installed=100)
    with later(100):
        assert (rollouts_step(), share(release)) == (1, 5000)
        assert rollouts_step() == 0


def test_a_share_set_by_hand_stops_the_plan(production: Channel) -> None:
    release = planned(production)
    assert release_rollout_set(release=release, rollout_bps=200, actor=SYSTEM).plan_stopped
    with later(2):
        assert rollouts_step() == 0


def test_a_paused_release_takes_no_step_and_begins_its_wait_anew(production: Channel) -> None:
    release = planned(production)
    release_pause(release=release, actor=SYSTEM)
    with later(2):
        assert rollouts_step() == 0
        release_resume(release=release, actor=SYSTEM)
        assert rollouts_step() == 0
    with later(3.1):
        assert rollouts_step() == 1


def test_a_freeze_holds_the_plan_up(production: Channel) -> None:
    release = planned(production)
    ends = frozen(production, hours=3)
    with later(2):
        assert rollouts_step() == 0
        step = next_step(Release.objects.get(pk=release.pk), now=clock.now())
        assert step is not None
        assert step.wait is not None
        assert step.wait.until == ends
    with later(3.1):
        assert rollouts_step() == 1


def test_a_live_rollout_is_given_the_steps_beyond_its_share(production: Channel) -> None:
    release = released(production, "1.0.0", 500)
    release = release_plan_set(release=release, plan=PLAN, actor=SYSTEM)
    assert [step["bps"] for step in release.plan] == [500, 5000, 10_000]
    assert (release.rollout_bps, release.plan[0]["soak_minutes"]) == (500, 60)
    with later(1.1):
        assert (rollouts_step(), share(release)) == (1, 5000)
    assert release_plan_set(release=release, plan=[], actor=SYSTEM).plan == []
    with later(9):
        assert rollouts_step() == 0


def test_a_plan_that_leads_nowhere_is_refused(production: Channel) -> None:
    release = released(production, "1.0.0", 500)
    with pytest.raises(InvalidValueError, match="beyond"):
        release_plan_set(release=release, plan=[{"bps": 500}], actor=SYSTEM)
    with pytest.raises(ReleaseStateError):
        release_plan_set(release=release_pause(release=release, actor=SYSTEM), plan=PLAN, actor=SYSTEM)


def _due_for_real() -> tuple[Channel, Release]:
    channel = channel_made(app_made())
    released(channel, "1.0.0")
    release = planned(channel)
    Release.objects.filter(pk=release.pk).update(plan_step_at=clock.now() - timedelta(hours=2))
    return channel, release


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_a_step_once() -> None:
    channel, release = _due_for_real()
    before = Channel.objects.get(pk=channel.pk).decision_seq
    assert sum(at_once([rollouts_step, rollouts_step, rollouts_step])) == 1
    channel.refresh_from_db()
    assert (share(release), channel.decision_seq - before) == (5000, 1)


@pytest.mark.django_db(transaction=True)
def test_a_step_and_a_hand_at_the_same_moment_leave_what_the_hand_set() -> None:
    _, release = _due_for_real()
    by_hand = partial(release_rollout_set, release=release, rollout_bps=150, actor=SYSTEM)
    acts: list[Callable[[], object]] = [rollouts_step, by_hand]
    at_once(acts)
    assert rollouts_step() == 0
    assert (share(release), release.plan_stopped) == (150, True)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_in_a_step_has_not_taken_it() -> None:
    _, release = _due_for_real()
    with patch.object(running, "channel_served_changed", side_effect=Crash), pytest.raises(Crash):
        rollouts_step()
    assert share(release) == 100
    run_elsewhere("from updates.tasks import rollouts_step; rollouts_step()")
    assert share(release) == 5000
