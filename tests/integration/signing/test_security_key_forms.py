"""Pages whose form carries what is confirmed: a security key signs exactly that, and nothing of it stays."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client

from accounts.domain.policy import Policy
from accounts.domain.presets import Preset
from accounts.models import StepUp, User
from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from signing.services.keys import keys_reconcile
from signing.services.operations import key_import_operation, key_read
from tests.integration.signing.conftest import CLINIC
from tests.support.people import signed_in
from tests.support.root_machine import RootMachine
from tests.support.security_keys import key_of
from tests.support.software_key import SoftwareKey

IMPORT = f"/console/keys/{CLINIC}/import/"
ROOT = f"/console/keys/{CLINIC}/root/"


def pem_made() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def key(kai: User) -> SoftwareKey:
    """Kai's security key."""
    key = SoftwareKey()
    key_of(kai, key)
    return key


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy under which a code isn't enough."""
    policy = Policy(preset=Preset.REGULATED, custodian_security_key=True)
    monkeypatch.setattr("accounts.selectors.custodians.policy_current", lambda: policy)


def begun(client: Client, path: str, **fields: str) -> Any:
    answer = client.post(path, {**fields, "begin": "1"})
    assert answer["Content-Type"] == "application/json", answer.content
    return answer.json()


def sent(client: Client, path: str, credential: Any, /, **fields: str) -> Any:
    return client.post(path, {**fields, "assertion": json.dumps(credential)})


def test_a_security_key_confirms_the_import_of_exactly_this_key(
    clinic: str, kai: User, key: SoftwareKey, strict: None
) -> None:
    client, pem = signed_in(kai), pem_made()
    operation = key_import_operation(app_id=CLINIC, key=key_read(algorithm=Algorithm.ES256, pem=pem.encode()))
    options = begun(client, IMPORT, pem=pem)
    assert b64url_decode(options["challenge"])[32:].hex() == operation.digest()
    assert pem.splitlines()[1] not in str(dict(client.session))
    assert sent(client, IMPORT, key.signed(options), pem=pem).status_code == 302
    assert StepUp.objects.get(operation=operation.name).used_at is not None


def test_what_was_signed_for_one_key_does_not_import_another(
    clinic: str, kai: User, key: SoftwareKey
) -> None:
    client = signed_in(kai)
    before = SigningKey.objects.get(
        app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN, state=KeyState.PREPUBLISHED
    )
    signed = key.signed(begun(client, IMPORT, pem=pem_made()))
    answer = sent(client, IMPORT, signed, pem=pem_made())
    assert answer.status_code == 200
    assert b"accepted. Try again" in answer.content
    before.refresh_from_db()
    assert before.state == KeyState.PREPUBLISHED


def test_what_is_wrong_with_a_form_is_a_page_and_no_challenge(clinic: str, kai: User) -> None:
    for pem in ("", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"):
        answer = signed_in(kai).post(IMPORT, {"pem": pem, "begin": "1"})
        assert answer["Content-Type"].startswith("text/html")
        assert b'role="alert"' in answer.content


def test_a_security_key_confirms_an_offline_root_and_what_it_signed(
    clinic: str, kai: User, key: SoftwareKey, strict: None, tmp_path: Path, now: datetime
) -> None:
    keys_reconcile(now=now)
    client, machine = signed_in(kai), RootMachine(tmp_path)
    jwk = json.dumps(machine.new_root())
    signed = key.signed(begun(client, f"{ROOT}register/", jwk=jwk))
    assert sent(client, f"{ROOT}register/", signed, jwk=jwk).status_code == 302
    rotation = machine.sign(client.post(f"{ROOT}root-rotation/request/").content).decode()
    signed = key.signed(begun(client, f"{ROOT}root-rotation/", signed=rotation))
    assert sent(client, f"{ROOT}root-rotation/", signed, signed=rotation).status_code == 302
