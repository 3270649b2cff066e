"""The guard: it stops what fails too often, once, and says so."""

from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine

from accounts.models import Letter, User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.at_once import at_once
from tests.support.dying import Crash
from tests.support.people import person
from tests.support.releasing import reported
from tests.support.shipping import app_made, channel_made, recorded, released, standing
from updates.domain.channel_rules import GuardAction
from updates.models import Channel
from updates.services import guard, guard_watch, release_resume


def guarded(channel: Channel, action: GuardAction) -> None:
    Channel.objects.filter(pk=channel.pk).update(guard_action=action.value)


ACTIONS = [
    (GuardAction.NONE, 0, {1: "superseded", 2: "live"}),
    (GuardAction.NOTIFY, 1, {1: "superseded", 2: "live"}),
    (GuardAction.HALT, 1, {1: "superseded", 2: "halted"}),
    (GuardAction.ROLL_BACK, 1, {1: "live", 2: "rolled_back"}),
]


@pytest.mark.parametrize(("action", "spoken", "after"), ACTIONS)
def test_the_guard_does_what_the_channel_says(
    production: Channel, rita: User, action: GuardAction, spoken: int, after: dict[int, str]
) -> None:
    released(production, "1.0.0")
    release = released(production, "1.1.0", publisher=rita)
    guarded(production, action)
    reported(release, installed=40, failed=20)
    assert guard_watch() == spoken
    assert guard_watch() == 0
    assert standing(production) == after
    assert len(recorded(Action.GUARD_TRIPPED)) == Letter.objects.filter(person=rita).count() == spoken


def test_the_letter_and_the_record_say_what_was_seen(production: Channel, rita: User) -> None:
    release = released(production, "1.1.0", publisher=rita)
    guarded(production, GuardAction.HALT)
    reported(release, installed=40, failed=20)
    guard_watch()
    letter = Letter.objects.get(person=rita)
    assert letter.subject == "1.1.0 fails too often on production"
    assert "failed on 20 of 60 devices" in letter.body_read()
    assert "It was halted" in letter.body_read()
    detail = recorded(Action.GUARD_TRIPPED)[0].detail
    assert (detail["failed"], detail["reported"], detail["guard_action"]) == (20, 60, "halt")
    assert recorded(Action.RELEASE_HALTED)[0].actor_kind == "system"


@pytest.mark.parametrize(
    ("installed", "failed"),
    [pytest.param(29, 20, id="too few devices"), pytest.param(57, 3, id="few failures")],
)
def test_the_guard_is_silent(production: Channel, installed: int, failed: int) -> None:
    guarded(production, GuardAction.HALT)
    reported(released(production, "1.0.0"), installed=installed, failed=failed)
    assert guard_watch() == 0


def test_what_others_reported_is_no_matter(production: Channel) -> None:
    guarded(production, GuardAction.HALT)
    beta = channel_made(production.app, "beta", public=False)
    released(production, "1.0.0")
    reported(released(beta, "1.0.0"), failed=60)
    reported(released(production, "1.1.0", 500), installed=60)
    assert guard_watch() == 0


def test_the_guard_looks_at_its_window_only(production: Channel) -> None:
    guarded(production, GuardAction.HALT)
    reported(released(production, "1.0.0"), failed=60)
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert guard_watch() == 0


def test_a_release_that_goes_on_is_judged_by_what_comes_then(production: Channel) -> None:
    guarded(production, GuardAction.HALT)
    release = released(production, "1.0.0")
    reported(release, failed=60)
    guard_watch()
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        release_resume(release=release, actor=SYSTEM)
        assert guard_watch() == 0
        reported(release, failed=60)
        assert guard_watch() == 1
    assert standing(production) == {1: "halted"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", [GuardAction.NOTIFY, GuardAction.ROLL_BACK])
def test_two_workers_speak_once(action: GuardAction) -> None:
    rita, channel = person("rita"), channel_made(app_made())
    guarded(channel, action)
    reported(released(channel, "1.0.0", publisher=rita), failed=60)
    assert sum(at_once([guard_watch, guard_watch, guard_watch])) == 1
    assert (len(recorded(Action.GUARD_TRIPPED)), Letter.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_before_halting_has_not_spoken() -> None:
    channel = channel_made(app_made())
    guarded(channel, GuardAction.HALT)
    reported(released(channel, "1.0.0"), failed=60)
    with patch.object(guard, "release_halt", side_effect=Crash), pytest.raises(Crash):
        guard_watch()
    assert recorded(Action.GUARD_TRIPPED) == []
    assert guard_watch() == 1
    assert standing(channel) == {1: "halted"}
