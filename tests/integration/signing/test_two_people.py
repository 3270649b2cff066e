"""Operations on keys by two people, through the pages and the command line of each."""

import html
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from accounts.domain.policy import ALWAYS, CHOICES
from accounts.domain.presets import Preset
from accounts.models import ApprovalRequest, Letter, ReviewTask, StepUp, User
from accounts.services.approval_kinds import approval_kinds
from accounts.services.approvals import approval_give, approval_give_operation
from compliance.ledger.domain.events import Action
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from releaseconsole.kernel.jose.key_families import private_key_import
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import ClaimDefinition, SigningKey, TokenProfile
from signing.selectors.trust import root_key
from signing.services import recipient_register
from signing.services.keys import keys_reconcile
from tests.integration.signing.conftest import CLINIC, signs
from tests.support.approving import proof, two_people
from tests.support.people import PASSWORD, code_of, person, signed_in
from tests.support.root_machine import RootMachine
from tests.support.shipping import recorded

REVOKE = "signing:key:revoke"


@pytest.fixture
def rules(clinic: str, now: datetime) -> None:
    """A team's console on which all operations on keys take two."""
    keys_reconcile(now=now)
    two_people(*(name for name in CHOICES if name.startswith("signing:")))


@pytest.fixture
def kim(db: None) -> User:
    return person("kim")


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def ask(
    client: Client, by: User, path: str, looked_at: dict[str, str] | None = None, /, **fields: str
) -> ApprovalRequest:
    """Look at a page that acts on a key, and confirm it; it becomes a request.

    A page that takes by POST what it's about shows it first, for what was `looked_at`.
    """
    shown = client.post(path, looked_at) if looked_at else client.get(path)
    assert shown.status_code == 200, said(shown)
    assert "A second person is needed." in said(shown)
    assert "rc-error" not in said(shown)  # nobody has been asked for anything before
    digest = re.findall(r'name="digest" value="(\w+)"', shown.content.decode())
    given = {"digest": digest[0]} if digest else {}
    fields = {**given, **(looked_at or {}), **fields}
    answer = client.post(path, {"code": code_of(by), "reason": "It's time.", **fields})
    assert answer.status_code == 302, said(answer)
    row = ApprovalRequest.objects.get()
    assert answer.headers["Location"] == reverse("accounts:approval", args=[row.pk])
    return row


def approve(row: ApprovalRequest, by: User) -> ApprovalRequest:
    page = said(signed_in(by).get(reverse("accounts:approval", args=[row.pk])))
    assert "What will happen if it's approved now" in page
    done = approval_give(request_id=row.pk, step_up=proof(by, approval_give_operation(row)))
    assert done.state == "executed"
    return done


def operation_path(key: SigningKey, what: str) -> str:
    return reverse("signing:operation", args=[key.app_id, key.pk, what])


def test_every_operation_that_policy_can_name_can_be_asked_for() -> None:
    """Those of other floors and of later parts excepted, which register with them."""
    registered = {name for name in approval_kinds() if name.startswith("signing:")}
    assert registered == {name for name in (*CHOICES, *ALWAYS) if name.startswith("signing:")}
    assert {name for name, kind in approval_kinds().items() if kind.is_emergency} == {REVOKE}


def test_the_page_says_who_could_approve_before_anything_is_asked(rules: None, kai: User, kim: User) -> None:
    page = said(signed_in(kai).get(operation_path(signs(CLINIC), "revoke")))
    assert "Nothing happens until one of them approves: Kim." in page
    assert "Ask for approval" in page
    assert "needs nobody else" not in page


def test_the_page_says_plainly_when_nobody_could_approve(rules: None, kai: User) -> None:
    page = said(signed_in(kai).get(operation_path(signs(CLINIC), "revoke")))
    assert "there is nobody who could be it" in page


@pytest.mark.parametrize(
    ("what", "purpose", "before", "after"),
    [
        pytest.param("rotate", KeyPurpose.TRUST, KeyState.ACTIVE, KeyState.ACTIVE, id="rotate"),
        pytest.param(
            "resume", KeyPurpose.RELEASE_TOKEN, KeyState.SUSPENDED, KeyState.VERIFY_ONLY, id="resume"
        ),
        pytest.param("revoke", KeyPurpose.RELEASE_TOKEN, KeyState.ACTIVE, KeyState.COMPROMISED, id="revoke"),
        pytest.param(
            "destroy", KeyPurpose.RELEASE_TOKEN, KeyState.SUSPENDED, KeyState.DESTROYED, id="destroy"
        ),
    ],
)
def test_an_operation_on_a_key_by_two_people(
    rules: None,
    kai: User,
    kim: User,
    now: datetime,
    what: str,
    purpose: KeyPurpose,
    before: KeyState,
    after: KeyState,
) -> None:
    key = SigningKey.objects.get(app_id=CLINIC, purpose=purpose, state=KeyState.ACTIVE)
    if before is KeyState.SUSPENDED:
        SigningKey.objects.filter(pk=key.pk).update(state=before, suspended_at=now)
    kid = {"kid": key.key_id[:8]} if what in {"revoke", "destroy"} else {}
    row = ask(signed_in(kai), kai, operation_path(key, what), **kid)
    key.refresh_from_db()
    assert key.state == before
    approve(row, kim)
    key.refresh_from_db()
    assert key.state == after
    if what == "rotate":
        assert key.rotation_requested_at is not None
    events = [event.actor_id for event in recorded(Action(row.operation))]
    assert events == [str(kai.pk)]  # in the name of who asked
    assert [event.actor_id for event in recorded(Action.APPROVAL_GIVEN)] == [str(kim.pk)]


def test_suspending_waits_for_nobody(rules: None, kai: User, now: datetime) -> None:
    key, client = signs(CLINIC), signed_in(kai)
    path = operation_path(key, "suspend")
    digest = re.findall(r'name="digest" value="(\w+)"', client.get(path).content.decode())[0]
    client.post(path, {"digest": digest, "code": code_of(kai)})
    key.refresh_from_db()
    assert key.state == KeyState.SUSPENDED


def test_a_key_that_was_revoked_meanwhile_is_overtaken(
    rules: None, kai: User, kim: User, now: datetime
) -> None:
    key = signs(CLINIC)
    row = ask(signed_in(kai), kai, operation_path(key, "rotate"))
    SigningKey.objects.filter(pk=key.pk).update(state=KeyState.SUSPENDED, suspended_at=now)
    client, path = signed_in(kim), reverse("accounts:approval", args=[row.pk])
    assert "Things have moved since this was asked for." in said(client.get(path))
    fields = {"digest": approval_give_operation(row).digest(), "code": code_of(kim)}
    assert "Nothing was changed" in said(client.post(path, fields, follow=True))
    row.refresh_from_db()
    assert row.state == "overtaken"


def _pem() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_importing_a_key_by_two_people(rules: None, kai: User, kim: User) -> None:
    pem = _pem()
    row = ask(signed_in(kai), kai, reverse("signing:import", args=[CLINIC]), pem=pem.decode())
    secret = pem.decode().splitlines()[2]
    assert secret not in str(ApprovalRequest.objects.values())
    assert secret not in said(signed_in(kim).get(reverse("accounts:approval", args=[row.pk])))
    assert not SigningKey.objects.filter(kid=row.facts["kid"]).exists()
    approve(row, kim)
    assert SigningKey.objects.get(kid=row.facts["kid"]).state == KeyState.PREPUBLISHED
    assert ApprovalRequest.objects.get().sealed_payload == ""


def test_another_key_in_the_place_of_the_one_that_was_asked_for_is_not_imported(
    rules: None, kai: User, kim: User
) -> None:
    row = ask(signed_in(kai), kai, reverse("signing:import", args=[CLINIC]), pem=_pem().decode())
    row.payload_set(_pem())
    row.save()
    with pytest.raises(Exception, match="moved since"):
        approval_give(request_id=row.pk, step_up=proof(kim, approval_give_operation(row)))
    assert not recorded(Action.KEY_IMPORTED)


def test_changing_a_profile_by_two_people(rules: None, kai: User, kim: User) -> None:
    query = {"algorithm": "Ed25519", "backend_algorithm": "ES256", "encrypts_personal": "on"}
    row = ask(signed_in(kai), kai, reverse("signing:profile-change", args=[CLINIC], query=query))
    assert TokenProfile.objects.get().algorithm == "ES256"
    approve(row, kim)
    profile = TokenProfile.objects.get()
    assert (profile.algorithm, profile.encrypts_personal) == ("Ed25519", True)


def test_defining_and_removing_a_claim_by_two_people(
    rules: None, kai: User, kim: User, now: datetime
) -> None:
    claim = {"name": "ward", "claim_class": "phi", "claim_type": "text", "fixed_value": "north"}
    row = ask(signed_in(kai), kai, reverse("signing:claim-define", args=[CLINIC]), claim)
    assert not ClaimDefinition.objects.exists()
    approve(row, kim)
    definition = ClaimDefinition.objects.get()
    assert (definition.claim_class, definition.fixed_value) == ("phi", "north")
    ApprovalRequest.objects.all().delete()
    with time_machine.travel(now + timedelta(seconds=90)):
        row = ask(signed_in(kai), kai, reverse("signing:claim-remove", args=[CLINIC, "ward"]))
        approve(row, kim)
    assert not ClaimDefinition.objects.exists()


@pytest.mark.parametrize("what", ["the app's flag", "a claim's class", "a claim that nobody classified"])
def test_a_phi_flag_is_lowered_by_two_whatever_the_policy_says(
    what: str, clinic: str, kai: User, orla: User, now: datetime
) -> None:
    two_people(preset=Preset.SOLO)
    TokenProfile.objects.update(handles_phi=True)
    was = "" if what == "a claim that nobody classified" else "phi"
    claim = {"name": "ward", "claim_class": was, "claim_type": "text"}
    ClaimDefinition.objects.create(profile_id=CLINIC, **claim)
    if what == "the app's flag":
        query = {"algorithm": "ES256", "backend_algorithm": "HS256"}
        row = ask(signed_in(kai), kai, reverse("signing:profile-change", args=[CLINIC], query=query))
    else:
        public = {**claim, "claim_class": "public"}
        row = ask(signed_in(kai), kai, reverse("signing:claim-define", args=[CLINIC]), public)
    assert not recorded(Action.PHI_LOWERED)
    approve(row, orla)  # the officer can, who operates no keys
    assert TokenProfile.objects.get().handles_phi is (what != "the app's flag")
    assert ClaimDefinition.objects.get().claim_class == ("phi" if what == "the app's flag" else "public")
    assert len(recorded(Action.PHI_LOWERED)) == 1


def _jwk() -> dict[str, str]:
    jwk = private_key_import(Algorithm.ES256, _pem()).public_jwk()
    assert jwk is not None
    return jwk


def test_registering_an_offline_root_by_two_people(rules: None, kai: User, kim: User) -> None:
    jwk = _jwk()
    path = reverse("signing:root-register", args=[CLINIC])
    row = ask(signed_in(kai), kai, path, jwk=json.dumps(jwk))
    approve(row, kim)
    root = SigningKey.objects.get(kid=jwk["kid"])
    assert (root.backend, root.state) == ("offline", KeyState.PREPUBLISHED)


def test_putting_in_force_what_an_offline_root_signed_by_two_people(
    rules: None, kai: User, kim: User, tmp_path: Path, now: datetime
) -> None:
    two_people("signing:ceremony:import")
    machine, client = RootMachine(tmp_path), signed_in(kai)
    register = {"jwk": json.dumps(machine.new_root()), "code": code_of(kai)}
    client.post(reverse("signing:root-register", args=[CLINIC]), register)
    request = client.post(reverse("signing:ceremony-request", args=[CLINIC, "root-rotation"])).content
    path = reverse("signing:ceremony", args=[CLINIC, "root-rotation"])
    with time_machine.travel(now + timedelta(seconds=90)):
        row = ask(client, kai, path, signed=machine.sign(request).decode())
        assert len(recorded(Action.ROOT_ROTATED)) == 0
        approve(row, kim)
    assert len(recorded(Action.ROOT_ROTATED)) == 1


def test_rotating_a_root_by_two_people(rules: None, kai: User, kim: User) -> None:
    old = root_key(CLINIC)
    assert old is not None
    row = ask(signed_in(kai), kai, reverse("signing:root-rotate", args=[CLINIC]))
    approve(row, kim)
    new = root_key(CLINIC)
    assert new is not None
    assert new.pk != old.pk


def test_removing_a_back_ends_key_by_two_people(rules: None, kai: User, kim: User, now: datetime) -> None:
    jwk = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW).public_jwk()
    recipient_register(app_id=CLINIC, device_id="", jwk=jwk, actor=kai.actor, now=now)
    row = ask(signed_in(kai), kai, reverse("signing:recipient-remove", args=[CLINIC]))
    approve(row, kim)
    assert len(recorded(Action.RECIPIENT_REMOVED)) == 1


# --- breaking the glass -------------------------------------------------------------------------------
def test_breaking_the_glass_revokes_at_once(rules: None, kai: User, kim: User) -> None:
    key, client = signs(CLINIC), signed_in(kai)
    path = operation_path(key, "revoke") + "?break_glass=1"
    shown = client.get(path)
    assert "You act alone, at once." in said(shown)
    assert "Break the glass: revoke" in said(shown)
    fields = {"digest": shown.context["form"].bound_to, "code": code_of(kai), "kid": key.key_id[:8]}
    assert "This field is required." in said(client.post(path, fields))
    answer = client.post(path, {**fields, "reason": "It's on a forum."}, follow=True)
    assert "You acted alone." in said(answer)
    key.refresh_from_db()
    assert key.state == KeyState.COMPROMISED
    assert ReviewTask.objects.get().reason == "It's on a forum."
    assert Letter.objects.get(person=kim).subject == "Kai broke the glass"


def test_only_what_is_urgent_has_a_glass_to_break(rules: None, kai: User, kim: User) -> None:
    key, client = signs(CLINIC), signed_in(kai)
    path = operation_path(key, "rotate") + "?break_glass=1"
    shown = client.get(path)
    assert "You act alone" not in said(shown)
    assert "break the glass" not in said(shown)
    fields = {"digest": shown.context["form"].bound_to, "code": code_of(kai), "reason": "Quick."}
    client.post(path, fields)
    assert ApprovalRequest.objects.get().state == "pending"
    assert not ReviewTask.objects.exists()


# --- the command line ---------------------------------------------------------------------------------
def keys(monkeypatch: pytest.MonkeyPatch, by: User, *arguments: str) -> tuple[str, CommandError | None]:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n{code_of(by)}\nyes\n"))
    out = io.StringIO()
    try:
        call_command("keys", *arguments, stdout=out)
    except CommandError as exc:
        return out.getvalue(), exc
    return out.getvalue(), None


def test_the_command_line_asks_too(
    rules: None, kai: User, kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signs(CLINIC)
    out, error = keys(
        monkeypatch, kai, "revoke", "--as", kai.email, "--reason", "It leaked.", "--", key.key_id
    )
    row = ApprovalRequest.objects.get()
    assert "A second person is needed." in out
    assert error is not None
    assert error.returncode == 6
    assert f"/console/approvals/{row.pk}/" in str(error)
    assert row.reason == "It leaked."
    key.refresh_from_db()
    assert key.state == KeyState.ACTIVE
    approve(row, kim)
    key.refresh_from_db()
    assert key.state == KeyState.COMPROMISED


def test_the_command_line_asks_for_an_import(
    rules: None, kai: User, kim: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(_pem())
    _, error = keys(
        monkeypatch,
        kai,
        "import",
        "--app",
        CLINIC,
        "--pem",
        str(path),
        "--as",
        kai.email,
        "--reason",
        "Ours.",
    )
    assert error is not None
    approve(ApprovalRequest.objects.get(), kim)
    assert len(recorded(Action.KEY_IMPORTED)) == 1


def test_the_command_line_wants_to_know_why(rules: None, kai: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _, error = keys(monkeypatch, kai, "revoke", "--as", kai.email, "--", signs(CLINIC).key_id)
    assert error is not None
    assert "--reason" in str(error)
    assert not StepUp.objects.exists()


def test_the_command_line_breaks_the_glass(
    rules: None, kai: User, kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signs(CLINIC)
    arguments = (
        "revoke",
        "--as",
        kai.email,
        "--break-glass",
        "--reason",
        "It's on a forum.",
        "--",
        key.key_id,
    )
    out, error = keys(monkeypatch, kai, *arguments)
    assert error is None
    assert "You act alone." in out
    assert f"Done: {key.key_id} is compromised." in out
    assert ReviewTask.objects.get().reason == "It's on a forum."
