"""Two people who confirm with security keys: each signs exactly what is asked for, or what is approved."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from accounts.domain.policy import CHOICES
from accounts.models import ApprovalRequest, ConsolePolicy, ReviewTask, StepUp, User
from accounts.services.approvals import approval_give_operation
from compliance.ledger.domain.events import Action
from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.key_families import private_key_import
from signing.domain.lifecycle import KeyState
from signing.models import ClaimDefinition, SigningKey, TokenProfile
from signing.services.keys import keys_reconcile
from tests.integration.signing.conftest import CLINIC, signs
from tests.integration.signing.test_security_key_forms import pem_made
from tests.integration.signing.test_two_people import operation_path, said
from tests.support.approving import two_people
from tests.support.people import code_of, person, signed_in
from tests.support.root_machine import RootMachine
from tests.support.security_keys import key_of
from tests.support.shipping import recorded
from tests.support.software_key import SoftwareKey

BEGIN = "/console/step-up/begin/"
IMPORT = f"/console/keys/{CLINIC}/import/"
ROOT = f"/console/keys/{CLINIC}/root/"
WHY = {"reason": "It's time."}


class Custodian:
    """A key custodian at their browser, with a security key."""

    def __init__(self, user: User) -> None:
        self.user, self.client, self.key = user, signed_in(user), SoftwareKey()
        key_of(user, self.key)

    def begin(self, path: str, **fields: str) -> Any:
        """Send a form that carries what is confirmed, for its challenge, as the page's script does."""
        answer = self.client.post(path, {"code": "", "assertion": "", **fields, "begin": "1"})
        assert answer["Content-Type"] == "application/json", said(answer)
        return answer.json()

    def begin_shown(self, digest: str) -> Any:
        """Ask for the challenge of what a page shows."""
        return self.client.post(BEGIN, {"digest": digest}, content_type="application/json").json()

    def send(self, path: str, options: Any, **fields: str) -> Any:
        signed = json.dumps(self.key.signed(options))
        return self.client.post(path, {"code": "", "assertion": signed, **fields})

    def confirm_carried(self, path: str, **fields: str) -> Any:
        """Confirm on a page whose form carries what is confirmed."""
        return self.send(path, self.begin(path, **fields), **fields)

    def confirm_shown(self, path: str, **fields: str) -> Any:
        """Confirm on a page that shows what is confirmed."""
        page = self.client.get(path)
        digest = page.context["form"].bound_to
        assert "Confirm with a security key" in said(page)
        return self.send(path, self.begin_shown(digest), digest=digest, **fields)


@pytest.fixture
def rules(clinic: str, now: datetime) -> None:
    """A regulated console: all operations on keys take two, and custodians confirm with security keys."""
    keys_reconcile(now=now)
    two_people(*(name for name in CHOICES if name.startswith("signing:")))
    ConsolePolicy.objects.update(custodian_security_key=True)


@pytest.fixture
def asker(rules: None, kai: User) -> Custodian:
    return Custodian(kai)


@pytest.fixture
def approver(rules: None) -> Custodian:
    return Custodian(person("kim"))


def asked(answer: Any) -> ApprovalRequest:
    """The request that a confirmed form became."""
    assert answer.status_code == 302, said(answer)
    row = ApprovalRequest.objects.get(state="pending")
    assert answer.headers["Location"] == page_of(row)
    assert row.requester_step_up.authenticator.startswith("accounts.securitykey/")
    return row


def page_of(row: ApprovalRequest) -> str:
    return reverse("accounts:approval", args=[row.pk])


def approve(row: ApprovalRequest, by: Custodian) -> None:
    answer = by.confirm_shown(page_of(row))
    assert answer.status_code == 302, said(answer)
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("executed", by.user)
    assert row.approver_step_up is not None
    assert row.approver_step_up.authenticator == by.user.security_keys.get().persistent_id


def test_a_key_is_imported_by_two_security_keys(asker: Custodian, approver: Custodian) -> None:
    pem = pem_made()
    options = asker.begin(IMPORT, pem=pem, **WHY)
    assert not ApprovalRequest.objects.exists()  # a challenge asks for nothing yet
    row = asked(asker.send(IMPORT, options, pem=pem, **WHY))
    assert b64url_decode(options["challenge"])[32:].hex() == row.digest
    approve(row, approver)
    assert SigningKey.objects.get(kid=row.facts["kid"]).state == KeyState.PREPUBLISHED


def test_an_offline_root_is_brought_into_force_by_two_security_keys(
    asker: Custodian, approver: Custodian, tmp_path: Path
) -> None:
    machine = RootMachine(tmp_path)
    jwk = machine.new_root()
    approve(asked(asker.confirm_carried(f"{ROOT}register/", jwk=json.dumps(jwk), **WHY)), approver)
    assert SigningKey.objects.get(kid=jwk["kid"]).backend == "offline"
    signed = machine.sign(asker.client.post(f"{ROOT}root-rotation/request/").content).decode()
    approve(asked(asker.confirm_carried(f"{ROOT}root-rotation/", signed=signed, **WHY)), approver)
    assert len(recorded(Action.ROOT_ROTATED)) == 1


def test_a_key_is_revoked_by_two_security_keys(asker: Custodian, approver: Custodian) -> None:
    key = signs(CLINIC)
    row = asked(asker.confirm_shown(operation_path(key, "revoke"), kid=key.key_id[:8], **WHY))
    approve(row, approver)
    key.refresh_from_db()
    assert key.state == KeyState.COMPROMISED


def test_a_root_is_rotated_by_two_security_keys(asker: Custodian, approver: Custodian) -> None:
    approve(asked(asker.confirm_shown(reverse("signing:root-rotate", args=[CLINIC]), **WHY)), approver)
    assert len(recorded(Action.ROOT_ROTATED)) == 1


def test_a_profile_and_a_claim_are_changed_by_two_security_keys(
    asker: Custodian, approver: Custodian
) -> None:
    query = {"algorithm": "Ed25519", "backend_algorithm": "ES256"}
    path = reverse("signing:profile-change", args=[CLINIC], query=query)
    approve(asked(asker.confirm_shown(path, **WHY)), approver)
    assert TokenProfile.objects.get().algorithm == "Ed25519"
    path = reverse("signing:claim-define", args=[CLINIC])
    claim = {"name": "ward", "claim_class": "phi", "claim_type": "text", "fixed_value": "north"}
    digest = asker.client.post(path, claim).context["form"].bound_to
    options = asker.begin_shown(digest)
    approve(asked(asker.send(path, options, digest=digest, **claim, **WHY)), approver)
    assert ClaimDefinition.objects.get().fixed_value == "north"


def test_the_glass_is_broken_with_a_security_key(asker: Custodian, approver: Custodian) -> None:
    key = signs(CLINIC)
    path = operation_path(key, "revoke") + "?break_glass=1"
    assert asker.confirm_shown(path, kid=key.key_id[:8], **WHY).status_code == 302
    key.refresh_from_db()
    assert key.state == KeyState.COMPROMISED
    assert ReviewTask.objects.get().done_by == asker.user


# --- what is refused ----------------------------------------------------------------------------------
def nothing_used() -> bool:
    return not StepUp.objects.filter(operation__startswith="signing:").exists()


@pytest.mark.parametrize(
    ("path", "name"),
    [(IMPORT, "pem"), (f"{ROOT}register/", "jwk"), (f"{ROOT}root-rotation/", "signed")],
    ids=["import", "register", "ceremony"],
)
def test_without_a_reason_there_is_a_page_and_no_challenge(path: str, name: str, asker: Custodian) -> None:
    jwk = private_key_import(Algorithm.ES256, pem_made().encode()).public_jwk()
    carried = {"pem": pem_made(), "jwk": json.dumps(jwk), "signed": "{}"}[name]
    answer = asker.client.post(path, {name: carried, "code": "", "reason": " ", "begin": "1"})
    assert answer["Content-Type"].startswith("text/html")
    assert "This field is required." in said(answer)
    assert nothing_used()


def test_what_was_signed_for_one_key_does_not_ask_for_another(asker: Custodian) -> None:
    options = asker.begin(IMPORT, pem=pem_made(), **WHY)
    answer = asker.send(IMPORT, options, pem=pem_made(), **WHY)
    assert "accepted. Try again" in said(answer)
    assert not ApprovalRequest.objects.exists()


def test_what_was_signed_asks_once(asker: Custodian) -> None:
    path = reverse("signing:root-rotate", args=[CLINIC])
    digest = asker.client.get(path).context["form"].bound_to
    fields = {
        "code": "",
        "digest": digest,
        "assertion": json.dumps(asker.key.signed(asker.begin_shown(digest))),
        **WHY,
    }
    asker.client.post(path, fields)
    ApprovalRequest.objects.update(state="withdrawn", decided_at=ApprovalRequest.objects.get().created_at)
    assert asker.client.post(path, fields).status_code == 200
    assert not ApprovalRequest.objects.filter(state="pending").exists()


def test_where_policy_wants_a_key_a_code_asks_for_nothing(asker: Custodian) -> None:
    fields = {"pem": pem_made(), "code": code_of(asker.user), **WHY}
    assert "security key" in said(asker.client.post(IMPORT, fields))
    assert not ApprovalRequest.objects.exists()
    assert nothing_used()


def test_where_policy_wants_a_key_a_code_approves_nothing(asker: Custodian, approver: Custodian) -> None:
    row = asked(asker.confirm_carried(IMPORT, pem=pem_made(), **WHY))
    fields = {"digest": approval_give_operation(row).digest(), "code": code_of(approver.user)}
    assert "security key" in said(approver.client.post(page_of(row), fields))
    row.refresh_from_db()
    assert row.state == "pending"


def test_what_was_signed_for_something_else_approves_nothing(asker: Custodian, approver: Custodian) -> None:
    """Neither for another request, nor for the operation itself: who asked signs that one."""
    row = asked(asker.confirm_carried(IMPORT, pem=pem_made(), **WHY))
    digest = approval_give_operation(row).digest()
    for other in (row.digest, "ab" * 32):
        answer = approver.send(page_of(row), approver.begin_shown(other), digest=digest)
        assert "accepted. Try again" in said(answer)
    row.refresh_from_db()
    assert row.state == "pending"


def test_who_asked_does_not_approve_with_their_own_key(asker: Custodian, approver: Custodian) -> None:
    row = asked(asker.confirm_carried(IMPORT, pem=pem_made(), **WHY))
    digest = approval_give_operation(row).digest()
    answer = asker.send(page_of(row), asker.begin_shown(digest), digest=digest)
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.state == "pending"
