"""Changing the KEK while the console runs: `manage.py rewrap_keys`."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Letter, TOTPAuthenticator, User
from accounts.services.mail import letter_write
from accounts.services.rewrap import SealedRows
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.sealing import KeyEncryptionKey, SealingError, sealed_kek_id
from signing.models import SigningKey
from signing.services import app_keys_ensure, console_keys_ensure, download_tokens, release_signer
from tests.support.at_once import at_once

OLD, NEW = KeyEncryptionKey(b"o" * 32), KeyEncryptionKey(b"n" * 32)
CLINIC = "com.example.clinic"
LINK = "https://console.example.com/console/login/invited/secret/"


@pytest.fixture
def under_old(db: None) -> Iterator[None]:
    """A console whose keys and seeds are sealed under OLD, and which seals under NEW from now on."""
    before = sealing.kek_current()
    sealing.kek_install(OLD)
    yield
    sealing.kek_install(before)


@pytest.fixture
def held(under_old: None, ada: User) -> None:
    now: datetime = clock.now()
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=now)
    console_keys_ensure(now=now)
    seed_of(ada)
    sealing.kek_install(NEW, [OLD])


def seed_of(user: User) -> TOTPAuthenticator:
    found = TOTPAuthenticator.objects.filter(user=user).first()
    authenticator = found or TOTPAuthenticator(user=user, name="phone")
    authenticator.seed_set(b"s" * 20)
    authenticator.save()
    return authenticator


def letter_to(person: User, *, is_secret: bool) -> Letter:
    return letter_write(
        to=person, template="invite", context={"link": LINK, "hours": 72}, is_secret=is_secret
    )


def keks() -> Counter[str]:
    keys = SigningKey.objects.exclude(sealed_private="").values_list("sealed_private", flat=True)
    seeds = TOTPAuthenticator.objects.values_list("sealed_seed", flat=True)
    return Counter(sealed_kek_id(value) for value in [*keys, *seeds])


def keys_held() -> int:
    return SigningKey.objects.exclude(sealed_private="").count()


def test_everything_opens_before_and_after_and_the_earlier_kek_can_go(
    held: None, ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    release_signer(CLINIC)
    call_command("rewrap_keys")
    assert keks() == {NEW.kek_id: keys_held() + 1}
    said = capsys.readouterr().out
    assert f"signing keys: {keys_held()} sealed anew" in said
    assert "TOTP seeds: 1 sealed anew" in said
    assert f"Everything is under KEK {NEW.kek_id}. Earlier KEKs can be taken offline." in said
    sealing.kek_install(NEW)
    release_signer(CLINIC)
    download_tokens()
    assert TOTPAuthenticator.objects.get(user=ada).seed_read() == b"s" * 20


def test_a_letter_that_waits_with_a_link_opens_afterwards_and_the_others_are_left(
    held: None, ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    sealing.kek_install(OLD)
    with transaction.atomic():
        waiting, sent, plain = (letter_to(ada, is_secret=secret) for secret in (True, True, False))
    Letter.objects.filter(pk=sent.pk).update(body="", sent_at=clock.now())
    sealing.kek_install(NEW, [OLD])
    call_command("rewrap_keys")
    assert "secret letters: 1 sealed anew" in capsys.readouterr().out
    sealing.kek_install(NEW)
    waiting.refresh_from_db()
    assert LINK in waiting.body_read()
    assert [Letter.objects.get(pk=each.pk).body for each in (sent, plain)] == ["", plain.body]


def test_one_event_for_each_holder_says_so(held: None) -> None:
    call_command("rewrap_keys")
    call_command("rewrap_keys")
    events = AuditEvent.objects.filter(action=Action.KEY_REWRAPPED).order_by("pk")
    assert sorted((event.detail["holder"], event.detail["values"]) for event in events) == [
        ("TOTP seeds", 1),
        ("signing keys", keys_held()),
    ]
    assert {event.detail["kek_id"] for event in events} == {NEW.kek_id}


def test_a_second_run_changes_nothing(held: None) -> None:
    call_command("rewrap_keys")
    before = list(SigningKey.objects.values_list("sealed_private", flat=True))
    call_command("rewrap_keys")
    assert list(SigningKey.objects.values_list("sealed_private", flat=True)) == before


def test_check_counts_and_fails_while_something_is_behind(
    held: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        call_command("rewrap_keys", "--check")
    assert stop.value.code == 1
    assert (
        f"signing keys: 0 under the current KEK, {keys_held()} under {OLD.kek_id}" in capsys.readouterr().out
    )
    assert keks() == {OLD.kek_id: keys_held() + 1}
    call_command("rewrap_keys")
    call_command("rewrap_keys", "--check")


def test_a_run_that_was_killed_is_taken_up_where_it_was(held: None, monkeypatch: pytest.MonkeyPatch) -> None:
    row_rewrap = SealedRows._row_rewrap
    calls: list[object] = []

    def killed_at_the_second(self: SealedRows[SigningKey], pk: object, *, current: str, waiting: int) -> int:
        calls.append(pk)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return row_rewrap(self, pk, current=current, waiting=waiting)

    with monkeypatch.context() as patched:
        patched.setattr(SealedRows, "_row_rewrap", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            call_command("rewrap_keys")
    assert keks() == {NEW.kek_id: 1, OLD.kek_id: keys_held()}
    assert AuditEvent.objects.filter(action=Action.KEY_REWRAPPED).count() == 1
    release_signer(CLINIC)
    call_command("rewrap_keys")
    assert keks() == {NEW.kek_id: keys_held() + 1}


def test_a_value_that_does_not_open_is_left_and_named_and_the_others_go_on(
    held: None, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = SigningKey.objects.filter(app_id=CLINIC).exclude(sealed_private="")[0]
    SigningKey.objects.filter(pk=damaged.pk).update(sealed_private=OLD.seal(b"x", context="elsewhere"))
    with pytest.raises(SystemExit) as stop:
        call_command("rewrap_keys")
    assert stop.value.code == 1
    assert f"signing keys: {damaged.pk}: The sealed value was altered" in capsys.readouterr().err
    assert keks() == {NEW.kek_id: keys_held(), OLD.kek_id: 1}


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_leave_every_value_readable(under_old: None) -> None:
    for number in range(5):
        app_keys_ensure(app_id=f"com.example.app{number}", actor=SYSTEM, now=clock.now())
    sealing.kek_install(NEW, [OLD])
    runs: list[Callable[[], object]] = [lambda: call_command("rewrap_keys")] * 2
    at_once(runs)
    sealing.kek_install(NEW)
    assert keks() == {NEW.kek_id: keys_held()}
    for number in range(5):
        release_signer(f"com.example.app{number}")


def test_without_the_earlier_kek_nothing_is_touched(held: None) -> None:
    sealing.kek_install(NEW)
    with pytest.raises(SystemExit):
        call_command("rewrap_keys")
    assert keks() == {OLD.kek_id: keys_held() + 1}


def test_without_any_kek_it_says_so(under_old: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # Undone before `under_old` is, or it would put back the wrong one.
    with monkeypatch.context() as patched:
        patched.setattr(sealing._Holder, "kek", None)
        with pytest.raises(CommandError, match="No key-encryption key"):
            call_command("rewrap_keys")
        with pytest.raises(SealingError):
            sealing.kek_current()
