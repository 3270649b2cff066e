import html
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from accounts.models import StepUp, User
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from tests.integration.signing.conftest import CLINIC
from tests.support.people import code_of, signed_in

PATH = f"/console/keys/{CLINIC}/import/"


def pem_of(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


@pytest.fixture
def pem() -> str:
    return pem_of(ec.generate_private_key(ec.SECP256R1()))


def said(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def waiting() -> SigningKey:
    return SigningKey.objects.get(
        app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN, state=KeyState.PREPUBLISHED
    )


def test_the_page_says_what_an_imported_key_means(clinic: str, kai: User) -> None:
    page = said(signed_in(kai).get(PATH))
    assert "It has to be a key for <strong>ES256</strong>" in page
    assert "The console can't know where the key has been." in page
    assert 'autocomplete="off"' in page
    assert 'spellcheck="false"' in page


def test_an_imported_key_becomes_the_next_one(clinic: str, kai: User, pem: str) -> None:
    before = waiting()
    answer = signed_in(kai).post(PATH, {"pem": pem, "code": code_of(kai)}, follow=True)
    key = waiting()
    assert key.pk != before.pk
    assert answer.redirect_chain[0][0].endswith(f"/{key.pk}/")
    assert "The key is published, and signs when it's its turn." in said(answer)
    assert "imported a signing key" in said(answer)
    assert StepUp.objects.get().used_at is not None
    before.refresh_from_db()
    assert before.state == KeyState.DESTROYED


@pytest.mark.parametrize(
    ("pem", "code", "words"),
    [
        pytest.param(None, "000000", "The code didn't match.", id="wrong code"),
        pytest.param(None, "", "Enter a code, or confirm with a security key.", id="no code"),
        pytest.param("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", None, "", id="no key"),
        pytest.param(pem_of(ed25519.Ed25519PrivateKey.generate()), None, "", id="another algorithm"),
        pytest.param(pem_of(ec.generate_private_key(ec.SECP384R1())), None, "", id="another curve"),
        pytest.param("x" * 16_001, None, "at most 16000 characters", id="too long"),
    ],
)
def test_a_refusal_changes_nothing_and_never_gives_the_key_back(
    pem: str | None, code: str | None, words: str, clinic: str, kai: User
) -> None:
    pem = pem or pem_of(ec.generate_private_key(ec.SECP256R1()))
    before = waiting().pk
    answer = signed_in(kai).post(PATH, {"pem": pem, "code": code_of(kai) if code is None else code})
    assert answer.status_code == 200
    page = said(answer)
    assert 'role="alert"' in page
    assert words in page
    for line in pem.splitlines():
        assert line.startswith("-----") or line not in page
    assert waiting().pk == before


def test_a_key_that_the_console_has_had_is_refused(clinic: str, kai: User, pem: str) -> None:
    signed_in(kai).post(PATH, {"pem": pem, "code": code_of(kai)})
    answer = signed_in(kai).post(PATH, {"pem": pem, "code": code_of(kai)})
    assert "has had this key already" in said(answer)


def test_the_page_is_kept_nowhere(clinic: str, kai: User) -> None:
    assert "no-store" in signed_in(kai).get(PATH)["Cache-Control"]


def test_error_reports_leave_key_and_code_out(clinic: str, kai: User) -> None:
    request = signed_in(kai).post(PATH, {"pem": "x", "code": "y"}).wsgi_request
    assert set(getattr(request, "sensitive_post_parameters", ())) == {"pem", "code"}


def test_neither_the_session_nor_the_log_keeps_the_key(clinic: str, kai: User, pem: str) -> None:
    client = signed_in(kai)
    client.post(PATH, {"pem": pem, "code": "000000"})
    secret = pem.splitlines()[1]
    assert secret not in str(dict(client.session))
    assert secret not in str(list(AuditEvent.objects.values()))


def test_who_may_only_look_imports_nothing(clinic: str, audra: User, pem: str) -> None:
    assert signed_in(audra).post(PATH, {"pem": pem, "code": code_of(audra)}).status_code == 403
    assert AuditEvent.objects.filter(action=Action.ACCESS_DENIED.value).exists()


def test_the_console_s_own_keys_are_not_imported(console: None, kai: User) -> None:
    assert signed_in(kai).get("/console/keys/console/import/").status_code == 404
