"""Letters: written with what they tell, sent afterwards, until they're out."""

import smtplib
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.db import transaction

from accounts.models import Letter, User
from accounts.services.mail import attempts_due, letter_write, letters_send
from releaseconsole.kernel import clock


@pytest.fixture(autouse=True)
def template(settings: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "example.txt").write_text(
        '{% extends "mail/base.txt" %}{% block subject %}Subject of {{ what }}{% endblock %}'
        "{% block body %}{{ what }}.{% endblock %}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [settings.BASE_DIR / "templates", tmp_path]}]


def _write(to: User, what: str = "keys & locks") -> Letter:
    with transaction.atomic():
        return letter_write(to=to, template="example", context={"what": what})


def test_a_letter_goes_out_once(ada: User) -> None:
    letter = _write(ada)
    assert (letters_send(), letters_send()) == (1, 0)
    sent = mail.outbox[0]
    assert (sent.to, sent.subject) == (["ada@example.com"], "Subject of keys & locks")
    assert sent.body.startswith("Hello Ada,\n\nkeys & locks.\n")
    letter.refresh_from_db()
    assert letter.sent_at is not None


def test_a_letter_of_what_was_rolled_back_never_was(ada: User) -> None:
    with transaction.atomic():
        letter_write(to=ada, template="example", context={"what": "nothing"})
        transaction.set_rollback(True)
    assert letters_send() == 0


@pytest.mark.django_db(transaction=True)
def test_no_letter_is_written_outside_a_transaction(ada: User) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        letter_write(to=ada, template="example", context={"what": "nothing"})


def test_a_letter_waits_for_a_server_that_is_away(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(ada)

    def away(*_: object) -> None:
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr("accounts.services.mail.EmailMessage.send", away)
        assert letters_send() == 0
    assert letters_send() == 0  # not at once again
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=True):
        assert letters_send() == 1
    assert Letter.objects.get().attempts == 2


def test_a_subject_is_one_line_of_its_columns_length(ada: User) -> None:
    _write(ada, f"Mal\r\x85lory {'x' * 300}")
    assert letters_send() == 1
    assert mail.outbox[0].subject == f"Subject of Mal lory {'x' * 300}"[:200]


def test_a_letter_that_no_mail_can_be_made_of_keeps_no_other_one_waiting(ada: User) -> None:
    bad, good = _write(ada), _write(ada)
    Letter.objects.filter(pk=bad.pk).update(subject="Of an\rearlier version")
    assert letters_send() == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.attempts, bad.sent_at) == (1, None)
    assert good.sent_at is not None


def test_attempts_wait_ever_longer_but_an_hour_at_most(ada: User) -> None:
    _write(ada)
    now = clock.now()
    for attempts, wait in {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 32, 7: 60, 99: 60}.items():
        for minutes, is_due in ((wait, True), (wait - 0.5, False)):
            Letter.objects.update(attempts=attempts, attempted_at=now - timedelta(minutes=minutes))
            assert Letter.objects.filter(attempts_due(now)).exists() is is_due, (attempts, minutes)


def test_letters_that_nobody_takes_keep_no_other_waiting(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        _write(ada)
    ago = clock.now() - timedelta(minutes=2)
    first = Letter.objects.order_by("written_at").first()
    assert first is not None
    Letter.objects.filter(pk=first.pk).update(attempts=9, attempted_at=ago)
    monkeypatch.setattr("accounts.services.mail._AT_ONCE", 1)
    assert letters_send() == 1
