"""Pages that act on a key: what they say, what they take for a confirmation, and what they refuse."""

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import StepUp, User
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.models import AuditEvent
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import KeyUsage, SigningKey
from tests.integration.signing.conftest import CLINIC, signs
from tests.support.people import code_of, signed_in


def address(key: SigningKey, operation: str) -> str:
    return reverse("signing:operation", args=[key.app_id or "console", key.pk, operation])


def upcoming() -> SigningKey:
    return SigningKey.objects.get(
        app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN, state=KeyState.PREPUBLISHED
    )


def shown(client: Client, path: str) -> dict[str, str]:
    return {"digest": re.findall(r'name="digest" value="(\w+)"', client.get(path).content.decode())[0]}


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def act(user: User, key: SigningKey, operation: str, **fields: str) -> Any:
    """Look at the page and confirm it, as a person does."""
    client, path = signed_in(user), address(key, operation)
    kid = {"kid": key.key_id[:8]} if operation in {"revoke", "destroy"} else {}
    return client.post(path, {**shown(client, path), "code": code_of(user), **kid, **fields}, follow=True)


def state(key: SigningKey) -> str:
    key.refresh_from_db()
    return key.state


def test_the_page_says_what_follows_before_it_is_confirmed(clinic: str, kai: User, now: datetime) -> None:
    key = signs(CLINIC)
    KeyUsage.objects.create(key=key, issued=9, last_expires_at=now + timedelta(minutes=10))
    page = said(signed_in(kai).get(address(key, "revoke")))
    for words in (
        "This key is taken for compromised",
        f"The next key {upcoming().key_id[:8]}… takes over at once.",
        "All 9 tokens that it signed stop being valid here at once",
        "This can't be undone.",
        f"Type {key.key_id[:8]}, the beginning of the key's id",
        "Confirm with a code from your authenticator app",
    ):
        assert words in page


def test_looking_changes_nothing(clinic: str, kai: User) -> None:
    key = signs(CLINIC)
    for operation in ("rotate", "suspend", "revoke"):
        assert signed_in(kai).get(address(key, operation)).status_code == 200
    assert state(key) == KeyState.ACTIVE
    assert not StepUp.objects.exists()


def test_suspending_and_resuming(clinic: str, kai: User, now: datetime) -> None:
    key, following = signs(CLINIC), upcoming()
    assert "The key is suspended." in said(act(kai, key, "suspend"))
    assert state(key) == KeyState.SUSPENDED
    assert state(following) == KeyState.ACTIVE
    with time_machine.travel(now + timedelta(seconds=90)):
        assert "The key verifies again." in said(act(kai, key, "resume"))
    assert state(key) == KeyState.VERIFY_ONLY


def test_revoking_and_destroying(clinic: str, kai: User, now: datetime) -> None:
    key = signs(CLINIC)
    assert "The key is revoked." in said(act(kai, key, "revoke"))
    assert state(key) == KeyState.COMPROMISED
    with time_machine.travel(now + timedelta(seconds=90)):
        assert "The key is destroyed." in said(act(kai, key, "destroy"))
    assert state(key) == KeyState.DESTROYED


def test_rotating_is_asked_for_and_waits_for_clients(clinic: str, kai: User) -> None:
    key = signs(CLINIC)
    page = said(act(kai, key, "rotate"))
    assert "takes over as soon as every client can have it" in page
    key.refresh_from_db()
    assert key.rotation_requested_at is not None
    assert "Somebody asked for a rotation." in said(signed_in(kai).get(f"/console/keys/{CLINIC}/"))


def test_the_console_s_own_key_is_operated_too(console: None, kai: User) -> None:
    key = signs("")
    act(kai, key, "suspend")
    assert state(key) == KeyState.SUSPENDED
    assert signs("").pk != key.pk


def test_what_was_done_is_on_the_key_s_page_with_a_name(clinic: str, kai: User) -> None:
    page = said(act(kai, signs(CLINIC), "suspend"))
    assert "<strong>Kai</strong> suspended a signing key" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"code": "000000"}, "The code didn't match.", id="wrong code"),
        pytest.param({"code": ""}, "Enter a code, or confirm with a security key.", id="no code"),
        pytest.param({"digest": "0" * 64}, "What you confirmed isn't what would be done now", id="another"),
        pytest.param({"kid": "AAAAAAAA"}, "That's not how this key's id begins.", id="another kid"),
        pytest.param({"kid": ""}, "This field is required.", id="no kid"),
    ],
)
def test_what_does_not_confirm_is_said_in_the_form_and_changes_nothing(
    fields: dict[str, str], words: str, clinic: str, kai: User
) -> None:
    key = signs(CLINIC)
    answer = act(kai, key, "revoke", **fields)
    assert answer.status_code == 200
    assert words in said(answer)
    assert "This key is taken for compromised" in said(answer)
    assert state(key) == KeyState.ACTIVE
    assert not StepUp.objects.exists()


def test_a_wrong_code_is_on_the_audit_log(clinic: str, kai: User) -> None:
    act(kai, signs(CLINIC), "suspend", code="000000")
    event = AuditEvent.objects.get(action=Action.STEP_UP_REFUSED.value)
    assert (event.actor_id, event.detail["operation"]) == (str(kai.pk), "signing:key:suspend")


def test_a_code_for_one_operation_does_not_confirm_another(clinic: str, kai: User) -> None:
    client, key = signed_in(kai), signs(CLINIC)
    looked_at = shown(client, address(key, "rotate"))
    answer = client.post(address(key, "suspend"), {**looked_at, "code": code_of(kai)})
    assert "What you confirmed isn't what would be done now" in said(answer)
    assert state(key) == KeyState.ACTIVE


def test_a_code_for_one_key_does_not_confirm_another(clinic: str, console: None, kai: User) -> None:
    client = signed_in(kai)
    looked_at = shown(client, address(signs(""), "suspend"))
    answer = client.post(address(signs(CLINIC), "suspend"), {**looked_at, "code": code_of(kai)})
    assert "What you confirmed isn't what would be done now" in said(answer)
    assert state(signs(CLINIC)) == KeyState.ACTIVE


def test_a_code_is_used_once(clinic: str, console: None, kai: User) -> None:
    code = code_of(kai)
    act(kai, signs(CLINIC), "suspend", code=code)
    answer = act(kai, signs(""), "suspend", code=code)
    assert "The code didn't match." in said(answer)


def test_what_moved_between_looking_and_confirming_is_looked_at_again(clinic: str, kai: User) -> None:
    client, key = signed_in(kai), signs(CLINIC)
    path = address(key, "suspend")
    looked_at, code = shown(client, path), code_of(kai)
    SigningKey.objects.filter(pk=upcoming().pk).update(
        state=KeyState.COMPROMISED, revoked_at=key.activated_at
    )
    answer = client.post(path, {**looked_at, "code": code})
    assert "What you confirmed isn't what would be done now" in said(answer)
    assert "There's no next key" in said(answer)  # the page tells the new state
    assert state(key) == KeyState.ACTIVE
    client.post(path, {**shown(client, path), "code": code})  # the code is still good
    assert state(key) == KeyState.SUSPENDED


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("operation", "what"), [("resume", "active"), ("destroy", "active"), ("rotate", "prepublished")]
)
def test_what_cannot_be_done_in_this_state_leads_back_to_the_key(
    method: str, operation: str, what: str, clinic: str, kai: User
) -> None:
    key = signs(CLINIC) if what == "active" else upcoming()
    answer = getattr(signed_in(kai), method)(address(key, operation), follow=True)
    assert answer.redirect_chain == [(reverse("signing:key", args=[CLINIC, key.pk]), 302)]
    assert f"This can't be done to a key that is {what}" in said(answer)
    assert state(key) == what


def test_a_destroyed_key_is_shown_and_left_alone(clinic: str, kai: User) -> None:
    key = upcoming()
    act(kai, key, "destroy")
    answer = signed_in(kai).get(address(key, "revoke"), follow=True)
    assert "This can't be done to a key that is destroyed" in said(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_only_look_is_refused_and_on_record(method: str, clinic: str, audra: User) -> None:
    key = signs(CLINIC)
    answer = getattr(signed_in(audra), method)(address(key, "suspend"), {"code": code_of(audra)})
    assert answer.status_code == 403
    event = AuditEvent.objects.get(action=Action.ACCESS_DENIED.value)
    assert (event.actor_id, event.outcome) == (str(audra.pk), Outcome.DENIED.value)
    assert event.detail["permission"] == "key_operate"
    assert state(key) == KeyState.ACTIVE


def test_an_operation_that_does_not_exist_is_a_404(clinic: str, kai: User) -> None:
    assert signed_in(kai).get(address(signs(CLINIC), "rewrite")).status_code == 404


def test_a_key_of_another_app_is_a_404(clinic: str, kai: User) -> None:
    path = reverse("signing:operation", args=["com.example.other", signs(CLINIC).pk, "suspend"])
    assert signed_in(kai).get(path).status_code == 404
