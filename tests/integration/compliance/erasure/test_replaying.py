"""Replays after a restore: who is erased again, who isn't, and what a stuck one holds up."""

from pathlib import Path

import pytest
import redis
import time_machine

from accounts.domain.roles import Role
from accounts.models import User
from accounts.services.people import person_create
from accounts.services.personal_people import person_row
from compliance.desk.models import ErasureRun, SuppressedSubject
from compliance.desk.services.erasure import erasure_run_through, erasure_start, erasures_replay
from compliance.desk.services.erasure.suppression import suppress
from compliance.desk.services.requests import request_withdraw
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Scoped, Subject
from tests.support.privacy import NOBODY, PERSON, asked, verified
from tests.support.shipping import app_made, recorded
from updates.models import Device

ADDRESS = "rita@example.com"


@pytest.fixture(autouse=True)
def files_elsewhere(monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis) -> None:
    """What this test's own transaction deletes is in the database's file until it ends."""
    monkeypatch.setattr("compliance.desk.services.erasure.searching.database_files_search", lambda _: {})


def hired(by: User) -> User:
    return person_create(email=ADDRESS, name="Rita", password=None, roles=[Role.APPROVER], actor=by.actor)


def erased(reference: str = "PR-TESTTEST") -> ErasureRun:
    subject = Subject(emails=frozenset({ADDRESS}))
    return erasure_run_through(erasure_start(reference, subject, SYSTEM, clock.now()))


def test_a_stuck_replay_holds_up_no_answer_and_is_resumed_by_the_next_one(db: None, keeps: Path) -> None:
    app, now = app_made(), clock.now()
    request = verified(asked())
    phone = PERSON.device_ids[0]
    Device.objects.create(app=app, device_id=phone, first_seen_at=now, last_seen_at=now)
    # What the file beside the database knows after a restore.
    devices = frozenset({Scoped(app.pk, phone)})
    suppress(subject=Subject(devices=devices), request=request.reference, now=now)
    (keeps / "notes.txt").write_text(phone)
    replays = [erasures_replay(actor=SYSTEM, now=clock.now()) for _ in range(5)]
    assert [run.state for run in replays[-1].runs] == ["stuck"]
    assert [run.state for run in erasures_replay(actor=SYSTEM, now=clock.now()).runs] == ["running"]
    assert ErasureRun.objects.count() == 1
    ErasureRun.objects.update(state="stuck")

    request_withdraw(request=request, by=NOBODY)
    (keeps / "notes.txt").unlink()
    assert [run.state for run in erasures_replay(actor=SYSTEM, now=clock.now()).runs] == ["done"]
    assert erasures_replay(actor=SYSTEM, now=clock.now()).runs == ()


def test_who_was_hired_again_is_not_erased_by_a_replay(ada: User) -> None:
    hired(ada)
    assert erased().state == "done"
    again = hired(ada)
    (lifted,) = recorded(Action.SUPPRESSION_LIFTED)
    assert (lifted.actor_id, lifted.object_id) == (str(ada.pk), str(again.pk))
    assert erasures_replay(actor=SYSTEM, now=clock.now()).runs == ()
    again.refresh_from_db()
    assert again.email == ADDRESS


def test_a_replay_closes_a_restored_account_by_its_row(ada: User) -> None:
    rita = hired(ada)
    whole = Subject(person_id=rita.pk, emails=frozenset({ADDRESS}), rows=frozenset({person_row(rita)}))
    erasure_run_through(erasure_start("PR-TESTTEST", whole, SYSTEM, clock.now()))
    assert User.objects.get(pk=rita.pk).email != ADDRESS
    User.objects.filter(pk=rita.pk).update(email=ADDRESS)  # as a backup has it
    assert [run.state for run in erasures_replay(actor=SYSTEM, now=clock.now()).runs] == ["done"]
    assert User.objects.get(pk=rita.pk).email != ADDRESS


def test_a_replay_closes_no_account_for_an_address_that_led_to_none(ada: User) -> None:
    """That erasure took no administrator's word."""
    rita = hired(ada)
    suppress(subject=Subject(emails=frozenset({ADDRESS})), request="PR-TESTTEST", now=clock.now())
    assert erasures_replay(actor=SYSTEM, now=clock.now()).runs == ()
    assert User.objects.get(pk=rita.pk).email == ADDRESS


def test_an_erasure_anew_counts_from_its_own_time(ada: User) -> None:
    hired(ada)
    erased()
    first = SuppressedSubject.objects.get(kind="email").since
    with time_machine.travel(first.replace(year=first.year + 1), tick=False):
        hired(ada)
        erased("PR-TESTTES2")
        again = SuppressedSubject.objects.get(kind="email")
        assert (again.lifted_at, again.since.year) == (None, first.year + 1)
