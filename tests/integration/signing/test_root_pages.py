"""Pages about an app's root: offline ones with their ceremonies, on a real other machine, and online ones."""

import html
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from accounts.models import StepUp, User
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import DocumentType, SigningKey, TrustDocument
from signing.selectors.trust import root_key
from signing.services.keys import keys_reconcile
from tests.integration.signing.conftest import CLINIC
from tests.support.people import code_of, signed_in
from tests.support.root_machine import RootMachine

ROOT = f"/console/keys/{CLINIC}/root/"
PAGE = f"/console/keys/{CLINIC}/"


@pytest.fixture
def app(clinic: str, now: datetime) -> str:
    """An app whose whole chain of trust stands."""
    keys_reconcile(now=now)
    return clinic


@pytest.fixture
def machine(tmp_path: Path) -> RootMachine:
    return RootMachine(tmp_path)


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def register(user: User, jwk: Any, **fields: str) -> Any:
    data = {"jwk": json.dumps(jwk), "code": code_of(user), **fields}
    return signed_in(user).post(f"{ROOT}register/", data, follow=True)


def hand_in(user: User, kind: str, signed: bytes, **fields: str) -> Any:
    data = {"signed": signed.decode(), "code": code_of(user), **fields}
    return signed_in(user).post(f"{ROOT}{kind}/", data, follow=True)


def request_of(user: User, kind: str) -> bytes:
    answer = signed_in(user).post(f"{ROOT}{kind}/request/")
    assert answer.status_code == 200, answer
    assert answer["Content-Disposition"].startswith("attachment; ")
    return bytes(answer.content)


def root_of_app() -> SigningKey:
    root = root_key(CLINIC)
    assert root is not None
    return root


def test_an_online_root_moves_to_a_machine_of_its_own(
    app: str, kai: User, machine: RootMachine, now: datetime
) -> None:
    jwk = machine.new_root()
    page = said(register(kai, jwk))
    assert "The root is registered." in page
    assert "waits for a rotation that both roots sign" in page
    signed = machine.sign(request_of(kai, "root-rotation"))
    assert "What the root signed is in force." in said(hand_in(kai, "root-rotation", signed))
    assert root_of_app().kid == jwk["kid"]
    with time_machine.travel(now + timedelta(seconds=90)):
        signed = machine.sign(request_of(kai, "delegation"))
        page = said(hand_in(kai, "delegation", signed))
    assert "What the root signed is in force." in page
    assert "is online" not in page
    delegation = TrustDocument.objects.get(document_type=DocumentType.DELEGATION)
    assert delegation.signer_kid == jwk["kid"]


def test_an_online_root_rotates_to_another_in_one_go(app: str, kai: User) -> None:
    client, before = signed_in(kai), root_of_app()
    page = said(client.get(f"{ROOT}rotate/"))
    assert "Both sign the rotation." in page
    digest = re.findall(r'name="digest" value="(\w+)"', page)[0]
    answer = client.post(f"{ROOT}rotate/", {"digest": digest, "code": code_of(kai)}, follow=True)
    assert "The root is rotated." in said(answer)
    assert root_of_app().pk != before.pk
    assert TrustDocument.objects.filter(document_type=DocumentType.ROOT_ROTATION).count() == 1


def test_a_code_for_one_root_does_not_rotate_another(app: str, kai: User) -> None:
    client = signed_in(kai)
    answer = client.post(f"{ROOT}rotate/", {"digest": "0" * 64, "code": code_of(kai)})
    assert "What you confirmed isn't what would be done now" in said(answer)
    assert not StepUp.objects.exists()


def test_without_an_online_root_there_is_nothing_to_rotate_here(clinic: str, kai: User) -> None:
    answer = signed_in(kai).get(f"{ROOT}rotate/", follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Only an online root is rotated here" in said(answer)


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param("text", id="no object"),
        pytest.param({"kty": 1}, id="no texts"),
        pytest.param({"kty": "EC"}, id="half a key"),
    ],
)
def test_what_is_no_public_key_is_refused(jwk: Any, app: str, kai: User) -> None:
    answer = register(kai, jwk)
    assert answer.status_code == 200
    assert 'role="alert"' in said(answer)
    assert not SigningKey.objects.filter(backend="offline").exists()


def test_a_wrong_code_registers_nothing(app: str, kai: User, machine: RootMachine) -> None:
    assert "The code didn't match." in said(register(kai, machine.new_root(), code="000000"))
    assert not SigningKey.objects.filter(backend="offline").exists()


@pytest.mark.parametrize(
    ("signed", "words"),
    [
        pytest.param(b"no ceremony", 'role="alert"', id="no ceremony"),
        pytest.param(b"x" * 70_000, "at most 65536 characters", id="far too large"),
    ],
)
def test_a_file_that_is_none_is_refused(
    signed: bytes, words: str, app: str, kai: User, machine: RootMachine
) -> None:
    register(kai, machine.new_root())
    before = root_of_app().pk
    assert words in said(hand_in(kai, "root-rotation", signed))
    assert root_of_app().pk == before


def test_a_signed_file_needs_a_code_all_the_same(app: str, kai: User, machine: RootMachine) -> None:
    register(kai, machine.new_root())
    signed = machine.sign(request_of(kai, "root-rotation"))
    before = root_of_app().pk
    assert "The code didn't match." in said(hand_in(kai, "root-rotation", signed, code="000000"))
    assert root_of_app().pk == before


def test_where_nothing_is_to_be_signed_there_is_no_request(app: str, kai: User) -> None:
    for kind in ("delegation", "root-rotation"):
        answer = signed_in(kai).post(f"{ROOT}{kind}/request/", follow=True)
        assert answer.redirect_chain == [(f"{ROOT}{kind}/", 302)]
        assert "rc-alert-bad" in said(answer)


def test_there_are_no_other_ceremonies(app: str, kai: User) -> None:
    assert signed_in(kai).get(f"{ROOT}séance/").status_code == 404
    assert signed_in(kai).post(f"{ROOT}seance/request/").status_code == 404


@pytest.mark.parametrize("path", ["register/", "rotate/", "delegation/", "delegation/request/"])
def test_who_may_only_look_does_none_of_it(path: str, app: str, audra: User) -> None:
    assert signed_in(audra).post(f"{ROOT}{path}", {"code": code_of(audra)}).status_code == 403
    assert AuditEvent.objects.filter(action=Action.ACCESS_DENIED.value).exists()
    roots = SigningKey.objects.filter(purpose=KeyPurpose.ROOT, app_id=CLINIC)
    assert [root.state for root in roots] == [KeyState.ACTIVE]
