"""Schedules: they survive restarts, run once, and wait out a freeze."""

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
import time_machine

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.another_process import run_elsewhere
from tests.support.at_once import at_once
from tests.support.dying import Crash
from tests.support.releasing import drafted, found_in, frozen, sign_off_wanted, signed
from tests.support.shipping import app_made, channel_made, recorded, released, standing
from updates.models import Channel, Release
from updates.services import channel_roll_back, release_change, release_submit, scheduled_publish
from updates.services.releases import going_live


def scheduled(
    channel: Channel, version: str = "1.0.0", *, hours: float = 1, by: User | None = None
) -> Release:
    at = clock.now() + timedelta(hours=hours)
    release = drafted(channel, version, by, scheduled_at=at, scheduled_zone="Europe/Berlin")
    return release_submit(release=release, actor=SYSTEM)


def later(hours: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(hours=hours), tick=False)


def test_a_scheduled_release_goes_live_at_its_time(production: Channel) -> None:
    release = scheduled(production)
    with later(0.9):
        assert scheduled_publish() == 0
    with later(1.1):
        assert scheduled_publish() == 1
        assert scheduled_publish() == 0
    assert standing(production) == {release.release_seq: "live"}
    assert recorded(Action.RELEASE_PUBLISHED)[0].actor_kind == "system"


def test_a_time_that_passed_while_nothing_ran_is_made_up_for(production: Channel) -> None:
    scheduled(production)
    with later(500):
        assert scheduled_publish() == 1


def test_two_releases_go_live_in_the_order_of_their_times(production: Channel) -> None:
    second = scheduled(production, "1.1.0", hours=2)
    first = scheduled(production, "1.0.0", hours=1)
    with later(3):
        assert scheduled_publish() == 2
    assert standing(production) == {first.release_seq: "superseded", second.release_seq: "live"}


def test_a_schedule_waits_out_a_freeze(production: Channel) -> None:
    scheduled(production)
    frozen(production, hours=3)
    with later(2):
        assert scheduled_publish() == 0
    assert standing(production) == {1: "scheduled"}
    with later(3.1):
        assert scheduled_publish() == 1


def test_what_was_changed_meanwhile_is_not_published(production: Channel) -> None:
    release = scheduled(production)
    release_change(release=release, actor=SYSTEM, rollout_bps=100)
    with later(2):
        assert scheduled_publish() == 0
    assert standing(production) == {1: "draft"}


def test_sign_offs_that_are_wanted_since_are_waited_for(production: Channel, rita: User, ansel: User) -> None:
    release = scheduled(production, by=rita)
    sign_off_wanted(production)
    with later(2):
        assert scheduled_publish() == 0
        assert standing(production) == {1: "awaiting"}
        assert recorded(Action.RELEASE_PUBLISH_FAILED)[0].outcome == "failed"
        assert signed(release, ansel).state == "live"


def test_a_finding_made_since_sends_it_back_to_its_author(production: Channel) -> None:
    release = scheduled(production)
    found_in(release.bundle)
    with later(2):
        assert scheduled_publish() == 0
    release.refresh_from_db()
    assert (release.state, release.state_reason, release.scheduled_at) == (
        "draft",
        "A check found something since.",
        None,
    )


def test_one_that_cannot_go_live_keeps_no_other_from_it(production: Channel) -> None:
    scheduled(production, "1.0.0")
    released(production, "1.0.0")
    beta = channel_made(production.app, "beta", public=False)
    scheduled(beta, "1.1.0", hours=2)
    with later(3):
        assert scheduled_publish() == 1
    assert standing(production) == {1: "draft", 2: "live"}


def test_one_that_missed_its_time_is_signed_anew(production: Channel, rita: User, ansel: User) -> None:
    sign_off_wanted(production)
    release = signed(scheduled(production, by=rita), ansel)
    signed(released(production, "1.0.0", publisher=rita), ansel)
    with later(2):
        assert scheduled_publish() == 0
        assert recorded(Action.SIGN_OFFS_VOIDED)[0].detail["sign_offs"] == 1
        channel_roll_back(channel=production, to="builtin", actor=rita.actor)
        release.refresh_from_db()
        assert release_submit(release=release, actor=rita.actor).state == "awaiting"


def _scheduled_for_real() -> tuple[Channel, datetime]:
    channel = channel_made(app_made())
    scheduled(channel)
    Release.objects.update(scheduled_at=clock.now() - timedelta(seconds=1))
    return channel, clock.now()


@pytest.mark.django_db(transaction=True)
def test_two_workers_publish_it_once() -> None:
    channel, _ = _scheduled_for_real()
    assert sum(at_once([scheduled_publish, scheduled_publish, scheduled_publish])) == 1
    channel.refresh_from_db()
    assert (channel.decision_seq, len(recorded(Action.RELEASE_PUBLISHED))) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_on_the_way_leaves_it_to_the_next() -> None:
    channel, _ = _scheduled_for_real()
    with patch.object(going_live, "release_record", side_effect=Crash), pytest.raises(Crash):
        scheduled_publish()
    assert standing(channel) == {1: "scheduled"}
    published = run_elsewhere("from updates.tasks import scheduled_publish; scheduled_publish()")
    assert published == ""
    assert standing(channel) == {1: "live"}
