"""Letters to who asks: sealed until they're out, tried for three days, then printed by somebody."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction

from accounts.models import Letter, User
from compliance.desk.domain.request_states import Kind
from compliance.desk.domain.subjects import Contact
from compliance.desk.models import PrivacyLetter, PrivacyRequest
from compliance.desk.services.erasure import erasure_run_through, erasure_start
from compliance.desk.services.handling import subject_of
from compliance.desk.services.requests import (
    letters_post,
    request_acknowledge,
    request_complete,
    request_withdraw,
)
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.privacy import NOBODY, PERSON, asked, verified
from tests.support.shipping import recorded

REQUESTS = "/console/compliance/requests/"
POST = "1 Main Street, Springfield"


def refused(*_: object) -> None:
    raise OSError("no route")


@pytest.fixture
def acknowledged(db: None) -> PrivacyRequest:
    return request_acknowledge(request=asked(), by=NOBODY)


def test_a_letter_is_sealed_until_it_is_out(acknowledged: PrivacyRequest) -> None:
    waiting = PrivacyLetter.objects.get()
    assert waiting.state == "waiting"
    assert PERSON.email not in str(vars(waiting))
    assert letters_post() == 1
    assert mail.outbox[0].to == [PERSON.email]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.sealed_letter, waiting.settled_at is None) == ("sent", "", False)
    assert letters_post() == 0


def test_who_gets_a_letter_can_answer_it(db: None, settings: LazySettings) -> None:
    settings.PRIVACY_CONTACT = "privacy@clinic.example"
    request_withdraw(request=asked(), by=NOBODY)
    letters_post()
    letter = mail.outbox[0]
    assert letter.reply_to == ["privacy@clinic.example"]
    assert "write to privacy@clinic.example and name the reference" in letter.body


def test_a_letter_is_claimed_then_sent_outside_of_any_transaction_then_recorded(
    acknowledged: PrivacyRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow mail server would hold a row, and on SQLite the whole database; two workers would both send."""
    seen, outside = [], list(connection.savepoint_ids)

    def sends(*_: object) -> None:
        seen.append((list(connection.savepoint_ids), PrivacyLetter.objects.get().attempts, letters_post()))

    monkeypatch.setattr("django.core.mail.EmailMessage.send", sends)
    assert letters_post() == 1
    assert seen == [(outside, 1, 0)]


def test_a_letter_is_claimed_at_the_time_that_it_is_then(
    acknowledged: PrivacyRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a slow server a run lasts for minutes: by its beginning, all that it claims were due again."""
    request_acknowledge(request=asked(contact=replace(PERSON, email="petra@example.net")), by=NOBODY)
    began, sent = clock.now(), []

    def sends(message: EmailMessage) -> None:
        sent.append(message.to)
        if len(sent) == 1:
            travel.shift(timedelta(minutes=5))
        elif len(sent) == 2:
            letters_post()  # another worker, in this moment

    monkeypatch.setattr("django.core.mail.EmailMessage.send", sends)
    with time_machine.travel(began, tick=False) as travel:
        assert letters_post() == 2
    assert sorted(sent) == sorted([[PERSON.email], ["petra@example.net"]])


def test_letters_that_nobody_takes_keep_no_other_waiting(
    acknowledged: PrivacyRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ago = clock.now() - timedelta(minutes=2)
    PrivacyLetter.objects.update(attempts=9, attempted_at=ago, written_at=ago)
    monkeypatch.setattr("compliance.desk.services.requests.posting._AT_ONCE", 1)
    request_acknowledge(request=asked(contact=replace(PERSON, email="petra@example.net")), by=NOBODY)
    assert letters_post() == 1
    assert mail.outbox[0].to == ["petra@example.net"]


def test_a_request_that_names_very_many_devices_fits_its_timeline(db: None) -> None:
    devices = tuple(f"00000000-0000-4000-8000-{number:012d}" for number in range(60))
    request = verified(asked(contact=replace(PERSON, device_ids=devices)))
    assert max(len(step.note) for step in request.steps.all()) == 500


def test_an_erasure_leaves_the_letter_that_tells_of_it(
    acknowledged: PrivacyRequest, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path
) -> None:
    settings.VAR_DIR, settings.EXPORT_DIR = tmp_path, tmp_path / "exports"
    settings.PRIVACY_LIST_FILE = tmp_path / "suppressed.json"
    monkeypatch.setattr("compliance.desk.services.erasure.searching.database_files_search", lambda _: {})
    request = verified(acknowledged)
    run = erasure_start(request.reference, subject_of(request), NOBODY.actor, clock.now())
    assert erasure_run_through(run).state == "done"
    assert letters_post() == 1


def test_what_no_server_takes_is_an_alert_and_keeps_its_address(
    orla: User, acknowledged: PrivacyRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = request_withdraw(request=acknowledged, by=NOBODY)
    PrivacyLetter.objects.filter(kind="acknowledge").delete()
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refused)
    assert letters_post() == 0
    assert PrivacyLetter.objects.get().state == "waiting"
    with time_machine.travel(clock.now() + timedelta(days=3, minutes=1), tick=False):
        assert letters_post() == 0
        (event,) = recorded(Action.PRIVACY_LETTER_FAILED)
        assert event.detail == {"kind": "delete", "letter": "withdraw", "attempts": 2}
        assert Letter.objects.filter(person=orla, subject__contains=request.reference).count() == 1

        client, path = signed_in(orla), f"{REQUESTS}{request.reference}/"
        assert "no mail server took it" in client.get(path).content.decode()
        assert "1 letter is to be printed" in client.get("/console/compliance/").content.decode()
        assert "If you never said so" in client.post(f"{path}letters/withdraw/").content.decode()
        client.post(f"{path}letters/withdraw/", {"posted": "1"})
    letter = PrivacyLetter.objects.get()
    assert (letter.state, letter.sealed_letter) == ("posted", "")
    assert [step.step for step in request.steps.all()][-2:] == ["letter_failed", "letter_posted"]
    assert client.post(f"{path}letters/withdraw/", {"posted": "1"}).status_code == 404


def test_a_printed_letter_has_its_postal_address_after_the_answer(orla: User) -> None:
    contact = replace(PERSON, email="", post=POST)
    request = request_withdraw(request=asked(contact=contact), by=NOBODY)
    text = signed_in(orla).post(f"{REQUESTS}{request.reference}/letters/withdraw/").content.decode()
    assert text.startswith(f"{PERSON.name}\n{POST}\n")


def test_nobody_waits_for_a_letter_to_somebody_without_any_address(db: None) -> None:
    request_complete(request=asked(Kind.OPT_OUT, contact=Contact()), by=NOBODY)
    assert not PrivacyLetter.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"state": "sent", "settled_at": clock.now()}, id="out, and not forgotten"),
        pytest.param({"sealed_letter": ""}, id="forgotten, and not out"),
        pytest.param({"state": "lost"}, id="nowhere"),
    ],
)
def test_the_database_refuses_a_letter_that_is_nowhere(
    acknowledged: PrivacyRequest, changed: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyLetter.objects.update(**changed)
