"""Verifications that the worker makes, what they leave in the log, and the page and card that show it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent, AuditVerification
from compliance.ledger.services import verification_runs
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.verification_runs import verification_ask
from compliance.ledger.tasks import log_verify, log_verify_asked
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.tampering import changed, nonsense_recorded, record, tampered

PAGE = "/console/compliance/log/verification/"


def signed(count: int = 3) -> list[AuditEvent]:
    events = record(count)
    checkpoint_take(now=clock.now())
    return events


def last_event() -> AuditEvent:
    event: AuditEvent = AuditEvent.objects.filter(action=Action.LOG_VERIFIED).latest("number")
    return event


def test_every_night_the_log_is_verified_and_says_so(db: None) -> None:
    signed()
    log_verify()
    run = AuditVerification.objects.get()
    assert (run.verdict, run.size, run.since, run.checkpoint_size) == ("holds", 3, 0, 3)
    event = last_event()
    assert (event.outcome, event.actor_kind, event.object_id) == ("done", "system", str(run.pk))
    assert event.detail["size"] == 3


def test_a_long_log_is_verified_from_where_it_held_last(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification_runs, "_SHORT", 0)
    signed()
    log_verify()
    signed()
    log_verify()
    assert [(run.since, run.size) for run in AuditVerification.objects.order_by("pk")] == [(0, 3), (3, 7)]


def test_once_a_week_a_long_log_is_verified_from_its_beginning(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification_runs, "_SHORT", 0)
    signed()
    log_verify()
    AuditVerification.objects.update(ended_at=clock.now() - verification_runs._FULL_EVERY)
    log_verify()
    assert [run.since for run in AuditVerification.objects.all()] == [0, 0]


def test_a_log_that_does_not_hold_is_a_failure_on_record_and_red(db: None, audra: User) -> None:
    events = signed()
    client = signed_in(audra)
    first = AuditEvent.objects.filter(number__lt=events[1].number).count()
    with tampered(changed("auditevent", "app_id", "x", "number = %s", events[1].number)):
        log_verify()
        assert last_event().outcome == "failed"
        assert last_event().detail["first_bad_sequence"] == first
        page, start = client.get(PAGE), client.get("/console/")
    assert f"Entry {first} is the first bad one" in page.text
    assert f"entry {first} is the first bad one" in start.text
    assert start.text.index('id="log"') == start.text.index(
        'id="', start.text.index("<h1")
    )  # what is red is on top


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(log_verify_asked, "delay", lambda *arguments: asked.append(arguments))
    return asked


def test_an_auditor_has_the_log_verified_now(audra: User, queued: list[tuple[Any, ...]]) -> None:
    signed()
    client = signed_in(audra)
    assert "hasn't been verified yet" in client.get(PAGE).text
    client.post(f"{PAGE}now/")
    client.post(f"{PAGE}now/")
    (run,) = AuditVerification.objects.all()
    assert queued == [(run.pk, str(audra.pk))] * 2
    assert "Waiting for the worker" in client.get(f"{PAGE}progress/").text
    for arguments in queued:  # the second finds it done
        log_verify_asked(*arguments)
    assert "The audit log holds" in client.get(PAGE).text
    assert (last_event().actor_kind, last_event().actor_id) == ("person", str(audra.pk))
    assert AuditEvent.objects.filter(action=Action.LOG_VERIFIED).count() == 1


def test_a_verification_whose_worker_died_holds_up_no_other(db: None) -> None:
    now = clock.now()
    died = verification_ask(now=now)
    assert verification_ask(now=now) == died
    assert verification_ask(now=now + verification_runs._LONGEST) != died


def test_one_that_was_begun_is_not_run_beside_who_runs_it(db: None) -> None:
    run = verification_ask(now=clock.now())
    AuditVerification.objects.update(began_at=clock.now())
    log_verify_asked(run.pk, "1")
    assert not AuditEvent.objects.filter(action=Action.LOG_VERIFIED).exists()


def test_a_night_does_not_rely_on_what_somebody_asked_for(db: None) -> None:
    asked = verification_ask(now=clock.now())
    AuditVerification.objects.update(began_at=clock.now())
    log_verify()
    assert [run.verdict for run in AuditVerification.objects.exclude(pk=asked.pk)] == ["holds"]


@pytest.mark.parametrize("change", ["found nothing", "gone", "made up"])
def test_a_result_that_was_changed_behind_the_log_is_told_and_not_relied_on(
    change: str, audra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found is a row that the console may write over; the event of it stays."""
    monkeypatch.setattr(verification_runs, "_SHORT", 0)
    events, now = signed(), clock.now()
    with tampered(changed("auditevent", "app_id", "x", "number = %s", events[1].number)):
        log_verify()
        good = {"verdict": "holds", "total": 0, "first_bad": None, "findings": [], "checkpoint_size": 3}
        if change == "found nothing":
            AuditVerification.objects.update(**good)
        elif change == "gone":
            AuditVerification.objects.all().delete()
        else:
            AuditVerification.objects.create(asked_at=now, ended_at=now, size=3, **good)
        client = signed_in(audra)
        page, start = client.get(PAGE).text, client.get("/console/").text
        assert "The log says something else of" in page
        assert "somebody changed what it found" in start
        assert "The audit log holds: verified" not in page
        log_verify()
        assert AuditVerification.objects.first().since == 0  # type: ignore[union-attr]  # just made


def test_an_event_that_nobody_can_read_takes_no_page_down(audra: User) -> None:
    log_verify()
    nonsense_recorded(action=Action.LOG_VERIFIED.value, object_type="verification", object_id="1")
    client = signed_in(audra)
    assert "The log says something else of" in client.get(PAGE).text
    assert "somebody changed what it found" in client.get("/console/").text


def test_who_may_not_read_the_log_sees_neither_page_nor_card(rita: User, client: Client) -> None:
    assert signed_in(rita).get(reverse("desk:verification")).status_code == 403
    assert 'id="log"' not in signed_in(rita).get("/console/").text
