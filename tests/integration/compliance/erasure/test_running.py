"""How an erasure runs: resumed after a death, stuck where it can't go on, honest about what stays."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.db import connection

from accounts.models import User
from compliance.desk.backends.redis_search import redis_files_search
from compliance.desk.errors import ErasureNobodyError, ErasureUnfinishedError, SuppressionFileError
from compliance.desk.models import ErasureRun, SuppressedSubject
from compliance.desk.services.erasure import (
    erasure_plan,
    erasure_receipt,
    erasure_resume,
    erasure_run_through,
    erasure_start,
    erasure_step,
    erasures_replay,
    leftovers_forget,
    receipt_check,
)
from compliance.desk.services.erasure.holders import LogFiles
from compliance.ledger.domain.checkpoints import NoteKey
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.errors import ProofError
from compliance.ledger.models import AuditEpoch, AuditEvent
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Found, Scoped, Subject, needles_of
from tests.integration.updates.telemetry.conftest import drain, report, sighting
from tests.support.ledger import SoftwareSigner
from tests.support.shipping import app_made, recorded
from updates.backends.events import events_append, sightings_append
from updates.models import App, Device
from updates.services.telemetry import DrainReport, telemetry_drain

PHONE = "e5a0b1e0-7e57-4e57-a000-0000000dead1"
REFERENCE = "PR-TESTTEST"


@pytest.fixture(autouse=True)
def files_elsewhere(monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis) -> None:
    """What this test's own transaction deletes is in the database's file until it ends."""
    monkeypatch.setattr("compliance.desk.services.erasure.searching.database_files_search", lambda _: {})


@pytest.fixture
def phone(db: None) -> Subject:
    app = app_made()
    now = clock.now()
    Device.objects.create(app=app, device_id=PHONE, first_seen_at=now, last_seen_at=now)
    return Subject(devices=frozenset({Scoped(app.pk, PHONE)}))


def started(subject: Subject) -> ErasureRun:
    return erasure_start(REFERENCE, subject, SYSTEM, clock.now())


def keys(signer: SoftwareSigner) -> list[NoteKey]:
    known = signer.keys()
    return [NoteKey(epoch.origin, key.spki) for epoch in AuditEpoch.objects.all() for key in known]


def test_nobody_is_erased_by_a_name_alone(db: None) -> None:
    with pytest.raises(ErasureNobodyError):
        erasure_plan(Subject(names=frozenset({"Tess"})), clock.now())


def test_a_run_goes_on_where_a_worker_died(phone: Subject) -> None:
    run = started(phone)
    for _ in range(4):
        assert erasure_step(run)
    done = run.steps.exclude(done_at=None).count()
    again = ErasureRun.objects.get(pk=run.pk)
    assert done == 4
    assert erasure_run_through(again).state == "done"
    assert not Device.objects.exists()


def test_a_step_that_a_worker_has_is_nobody_elses(phone: Subject) -> None:
    run = started(phone)
    ErasureRun.objects.update(claimed_until=clock.now().replace(year=2200))
    assert not erasure_step(run)
    ErasureRun.objects.update(claimed_until=clock.now().replace(year=2020))
    assert erasure_step(run)


def test_a_phone_that_goes_on_talking_holds_nothing_up(
    phone: Subject, monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis
) -> None:
    """What it says is in Redis at every moment in which somebody looks, and leaves its file as well."""

    def talked_over(*, at_most: timedelta) -> DrainReport:
        moved = telemetry_drain(at_most=at_most)
        events_append([report("set", device_id=PHONE)])
        sightings_append([sighting(device_id=PHONE, custom_id="patient-zz-918273")])
        return moved

    monkeypatch.setattr("compliance.desk.services.erasure.steps.telemetry_drain", talked_over)
    run = erasure_run_through(started(phone))
    assert (run.state, run.error) == ("done", "")
    assert drain().suppressed == 1
    assert leftovers_forget() == (connection.vendor != "sqlite")  # its log belongs to this transaction
    assert redis_files_search(needles_of(phone)) == {}
    assert not Device.objects.exists()


def test_a_finished_run_knows_nobody(phone: Subject) -> None:
    run = erasure_run_through(started(phone))
    assert run.sealed_subject == ""
    assert run.subject_read() == Subject()
    told = json.dumps([list(run.steps.values("before", "erased", "after", "kept")), run.statement])
    assert PHONE not in told
    assert run.steps.get(name="devices").before["updates_device"] == 1
    assert run.steps.get(name="devices").erased["updates_device"] == 1
    assert run.steps.get(name="devices").after["updates_device"] == 0


def test_events_of_an_erasure_hold_counts_only(phone: Subject) -> None:
    erasure_run_through(started(phone))
    told = [recorded(action)[0] for action in (Action.ERASURE_STARTED, Action.ERASURE_COMPLETED)]
    assert [event.object_id for event in told] == [REFERENCE] * 2
    assert all(PHONE not in json.dumps(event.detail) for event in AuditEvent.objects.all())


def test_an_unfinished_erasure_has_no_receipt(phone: Subject) -> None:
    with pytest.raises(ErasureUnfinishedError):
        erasure_receipt(started(phone))


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        pytest.param("statement", "PR-TESTTEST", "PR-TESTTESU", id="another request"),
        pytest.param("statement", '"updates_device": 1', '"updates_device": 9', id="another count"),
        pytest.param("event_content", '"replay":false', '"replay":true', id="another event"),
        pytest.param("proof", "index ", "index 1", id="another place"),
    ],
)
def test_a_receipt_that_was_changed_is_refused(
    phone: Subject, ledger_signer: SoftwareSigner, part: str, old: str, new: str
) -> None:
    receipt = json.loads(erasure_receipt(erasure_run_through(started(phone))))
    assert receipt_check(json.dumps(receipt), keys=keys(ledger_signer))["request"] == REFERENCE
    assert old in receipt[part]
    changed = receipt | {part: receipt[part].replace(old, new)}
    with pytest.raises(ProofError):
        receipt_check(json.dumps(changed), keys=keys(ledger_signer))


def test_a_text_about_something_else_loses_what_names_them(phone: Subject) -> None:
    app = App.objects.get()
    app.shutoff_reason = f"Somebody with {PHONE} rang"
    app.save()
    run = erasure_run_through(started(phone))
    app.refresh_from_db()
    assert run.state == "done"
    assert app.shutoff_reason == "Somebody with [erased] rang"


def test_what_comes_back_again_and_again_makes_a_run_stuck(
    phone: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogFiles, "find", lambda *_: Found({"var/log": 1}))
    run = started(phone)
    for _ in range(5):
        run = erasure_run_through(run)
    assert (run.state, run.searches) == ("stuck", 5)
    assert run.error == "still found in var/log (1)"
    assert recorded(Action.ERASURE_STUCK)
    monkeypatch.undo()


def test_a_stuck_run_goes_on_once_somebody_has_looked(phone: Subject) -> None:
    run = started(phone)
    ErasureRun.objects.update(state="stuck", error="why")
    assert not erasure_step(run)
    erasure_resume(run=run, actor=SYSTEM, now=clock.now())
    assert erasure_run_through(run).state == "done"


def test_the_last_administrator_is_not_erased(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(last_login=clock.now())
    run = erasure_run_through(started(Subject(person_id=ada.pk)))
    assert (run.state, run.error) == ("stuck", "holder authenticators and sessions: too_few_left")
    ada.refresh_from_db()
    assert ada.is_active


def test_a_person_of_the_console_is_a_number_afterwards(ada: User, olaf: User) -> None:
    address = olaf.email
    run = erasure_run_through(started(Subject(emails=frozenset({address}))))
    assert (run.state, run.error) == ("done", "")
    olaf.refresh_from_db()
    assert (olaf.is_active, olaf.name) == (False, f"Erased person {olaf.pk}")
    assert not User.objects.filter(email=address).exists()


def test_a_log_file_keeps_its_length_and_loses_the_name(phone: Subject, keeps: Path) -> None:
    log = keeps / "log" / "web.log"
    log.write_text(f"GET /{PHONE.upper()}/ 200\n")
    size = log.stat().st_size
    erasure_run_through(started(phone))
    assert log.read_text() == f"GET /{'x' * len(PHONE)}/ 200\n"
    assert log.stat().st_size == size


def test_a_letter_that_went_into_a_file_goes(phone: Subject, keeps: Path) -> None:
    (keeps / "mail").mkdir()
    theirs, somebody_elses = keeps / "mail" / "1.log", keeps / "mail" / "2.log"
    theirs.write_text("To: Tess@example.org\n")
    somebody_elses.write_text("To: other@example.org\n")
    run = erasure_run_through(started(phone.joined(Subject(emails=frozenset({"tess@example.org"})))))
    assert (run.state, theirs.exists(), somebody_elses.exists()) == ("done", False, True)


def test_the_file_beside_the_database_names_nobody_and_may_be_replayed_twice(
    phone: Subject, settings: LazySettings
) -> None:
    erasure_run_through(started(phone))
    path = Path(settings.PRIVACY_LIST_FILE)
    assert PHONE not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    SuppressedSubject.objects.all().delete()
    assert erasures_replay(actor=SYSTEM, now=clock.now()).learned == 1
    assert erasures_replay(actor=SYSTEM, now=clock.now()).learned == 0
    assert erasures_replay(actor=SYSTEM, now=clock.now()).runs == ()


def test_one_device_alone_takes_none_of_its_name_along_not_even_in_a_replay(phone: Subject) -> None:
    """Any device can say that it's called as somebody else's: whoever proved one has erased one."""
    at, called = clock.now(), {"custom_id": "petra"}
    Device.objects.update(**called)
    theirs = Device.objects.create(
        app=App.objects.get(), device_id="victim", first_seen_at=at, last_seen_at=at, **called
    )
    (ours,) = Device.objects.exclude(pk=theirs.pk)
    erasure_run_through(started(replace(phone, is_exact=True)))
    assert Device.objects.get() == theirs
    ours.save(force_insert=True)  # as a restored database has it
    assert len(erasures_replay(actor=SYSTEM, now=clock.now()).runs) == 1
    assert Device.objects.get() == theirs


def test_a_damaged_list_stops_the_replay(phone: Subject, settings: LazySettings) -> None:
    path = Path(settings.PRIVACY_LIST_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"v": 2}')
    with pytest.raises(SuppressionFileError):
        erasures_replay(actor=SYSTEM, now=clock.now())
