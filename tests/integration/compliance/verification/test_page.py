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
from tests.support.tampering import changed, record, tampered

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


def test_who_may_not_read_the_log_sees_neither_page_nor_card(rita: User, client: Client) -> None:
    assert signed_in(rita).get(reverse("desk:verification")).status_code == 403
    assert 'id="log"' not in signed_in(rita).get("/console/").text
