"""`manage.py keys`, with what a person would type on standard input."""

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import StepUp, User
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from tests.integration.signing.conftest import CLINIC, signs
from tests.support.people import PASSWORD, code_of

KAI = "kai@example.com"


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def keys(*arguments: str) -> str:
    out = io.StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        keys(*arguments)
    return caught.value


def test_it_lists_keys(clinic: str, console: None) -> None:
    lines = keys("list").splitlines()
    assert any(line.startswith(f"{CLINIC}\tRelease tokens\tES256\tsigns\t") for line in lines)
    assert any(line.startswith("console\tDownload tokens\tHS256\tsigns\t") for line in lines)
    assert all(line.startswith("console") for line in keys("list", "--app", "console").splitlines())
    assert signs(CLINIC).sealed_private not in "".join(lines)


def test_it_says_what_follows_and_does_it(
    clinic: str, kai: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signs(CLINIC)
    typed(monkeypatch, PASSWORD, code_of(kai), "yes")
    said = keys("suspend", "--as", KAI, "--", key.key_id[:12])
    assert "This key is taken out of use until you resume it." in said
    assert "UTC" in said
    assert f"Done: {key.key_id} is suspended." in said
    assert StepUp.objects.get().context == "command-line"
    with time_machine.travel(now + timedelta(seconds=90)):
        typed(monkeypatch, PASSWORD, code_of(kai), "yes")
        assert "is verify-only" in keys("resume", "--as", KAI, "--", key.key_id)


@pytest.mark.parametrize(("command", "state"), [("revoke", "compromised"), ("rotate", "active")])
def test_each_operation_is_there(
    command: str, state: str, clinic: str, kai: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signs(CLINIC)
    typed(monkeypatch, PASSWORD, code_of(kai), "yes")
    keys(command, "--as", KAI, "--", key.key_id)
    key.refresh_from_db()
    assert key.state == state


def test_destroying(clinic: str, kai: User, monkeypatch: pytest.MonkeyPatch) -> None:
    key = SigningKey.objects.get(app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN, state="prepublished")
    typed(monkeypatch, PASSWORD, code_of(kai), "yes")
    assert "This can't be undone." in keys("destroy", "--as", KAI, "--", key.key_id)
    key.refresh_from_db()
    assert key.state == KeyState.DESTROYED


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        pytest.param(("another password", None, "yes"), 3, id="wrong password"),
        pytest.param((PASSWORD, "000000", "yes"), 3, id="wrong code"),
        pytest.param((PASSWORD, None, "no"), 5, id="no"),
        pytest.param((PASSWORD, None, "y"), 5, id="not the whole word"),
        pytest.param((), 5, id="nothing at all"),
    ],
)
def test_anything_else_does_nothing_and_says_so_by_its_exit_code(
    lines: tuple[str | None, ...], code: int, clinic: str, kai: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signs(CLINIC)
    typed(monkeypatch, *(line if line is not None else code_of(kai) for line in lines))
    assert refused("revoke", "--as", KAI, "--", key.key_id).returncode == code
    key.refresh_from_db()
    assert key.state == KeyState.ACTIVE
    assert not StepUp.objects.exists()


def test_who_may_not_operate_keys_is_refused_and_on_record(
    clinic: str, audra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signs(CLINIC)
    typed(monkeypatch, PASSWORD, code_of(audra), "yes")
    error = refused("revoke", "--as", "audra@example.com", "--", key.key_id)
    assert error.returncode == 4
    event = AuditEvent.objects.get(action=Action.ACCESS_DENIED.value)
    assert event.actor_id == str(audra.pk)
    key.refresh_from_db()
    assert key.state == KeyState.ACTIVE


def test_an_unknown_kid_and_a_state_that_does_not_allow_it_are_refused(clinic: str, kai: User) -> None:
    assert refused("revoke", "--as", KAI, "nosuchkid").returncode == 1
    error = refused("resume", "--as", KAI, "--", signs(CLINIC).key_id)
    assert error.returncode == 1
    assert "[key_state]" in str(error)


def test_importing(clinic: str, kai: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = tmp_path / "key.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    typed(monkeypatch, PASSWORD, code_of(kai), "yes")
    said = keys("import", "--app", CLINIC, "--pem", str(pem), "--as", KAI)
    waiting = SigningKey.objects.get(app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN, state="prepublished")
    assert f"Done: {waiting.key_id} is prepublished. Remove {pem} now." in said


def test_importing_what_is_no_key_or_not_there(clinic: str, kai: User, tmp_path: Path) -> None:
    pem = tmp_path / "key.pem"
    assert refused("import", "--app", CLINIC, "--pem", str(pem), "--as", KAI).returncode == 1
    pem.write_text("no key")
    assert refused("import", "--app", CLINIC, "--pem", str(pem), "--as", KAI).returncode == 1
    assert refused("import", "--app", "com.none.app", "--pem", str(pem), "--as", KAI).returncode == 1
