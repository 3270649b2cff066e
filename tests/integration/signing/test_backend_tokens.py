"""Tokens for an app's own back end: what they carry, in clear and encrypted, and the keys to verify them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import Settings

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import sealing
from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.encryption import nested_open, nested_verify
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.public_keys import VerificationKey, public_key_import
from releaseconsole.kernel.jose.verification import Expected, token_verify
from signing.domain.backend_token import BACKEND_TOKEN
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.lifecycle import KeyPurpose
from signing.domain.phi_tokens import PHI_BACKEND_TOKEN
from signing.models import SigningKey
from signing.services.keys import keys_reconcile
from signing.services.profiles import claim_define, profile_change
from tests.integration.signing.conftest import CLINIC
from tests.support.back_end import BackEnd
from tests.support.shipping import recorded

TEXT = ClaimType.TEXT


@pytest.fixture
def defined(back_end: BackEnd, now: datetime) -> BackEnd:
    """A profile with a claim of each class."""
    claims: dict[str, tuple[ClaimClass | None, ClaimType]] = {
        "plan": (ClaimClass.PUBLIC, TEXT),
        "seats": (ClaimClass.INTERNAL, ClaimType.WHOLE),
        "email": (ClaimClass.PERSONAL, TEXT),
        "diagnosis": (ClaimClass.PHI, TEXT),
        "note": (None, TEXT),
    }
    for name, (claim_class, claim_type) in claims.items():
        claim_define(
            app_id=CLINIC, name=name, claim_class=claim_class, claim_type=claim_type, actor=SYSTEM, now=now
        )
    return back_end


def open_secret(jwe: str, key: DecryptionKey) -> dict[str, str]:
    """As a back end would, with any JOSE library: here with the one that the kernel wraps."""
    from joserfc import jwe as library  # noqa: TID251 (as any reader would)

    opened = library.decrypt_compact(jwe, key._jose_key, algorithms=[key.algorithm.value, "A256GCM"])
    header = json.loads(b64url_decode(jwe.split(".", maxsplit=1)[0]))
    assert (header["cty"], header["typ"]) == ("jwk+json", "backend-key+jwe")
    secret: dict[str, str] = json.loads(opened.plaintext or b"")
    return secret


def handed_out(back_end: BackEnd) -> dict[str, VerificationKey]:
    keys = {}
    for entry in back_end.keys().json()["keys"]:
        if entry["jwk"]:
            keys[entry["kid"]] = public_key_import(entry["jwk"])
            continue
        jwk = open_secret(entry["jwe"], back_end.key)
        assert jwk["kid"] == entry["kid"]
        keys[entry["kid"]] = HS256Key.load(b64url_decode(jwk["k"])).verification_key(jwk["kid"])
    return keys


def expected(settings: Settings) -> Expected:
    return Expected(issuer=settings.PUBLIC_URL, audience=CLINIC, subject="user 7")


def test_what_is_issued_verifies_with_what_was_handed_out(
    defined: BackEnd, settings: Settings, now: datetime
) -> None:
    defined.register()
    answer = defined.issue({"plan": "gold", "seats": 3}, lifetime=60)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    issued = answer.json()
    claims = token_verify(
        issued["token"],
        kind=BACKEND_TOKEN,
        keys=handed_out(defined),
        expected=expected(settings),
        now=int(now.timestamp()),
    )
    assert claims["ext"] == {"plan": "gold", "seats": 3}
    assert claims["exp"] - claims["iat"] == 60
    assert datetime.fromisoformat(issued["expires_at"]) == datetime.fromtimestamp(claims["exp"], UTC)
    assert issued["kid"] == SigningKey.objects.get(purpose=KeyPurpose.BACKEND_TOKEN, state="active").kid


def test_without_claims_there_is_no_ext_and_the_life_is_the_consoles(defined: BackEnd) -> None:
    claims = defined.verify(defined.issue().json()["token"]).json()["claims"]
    assert "ext" not in claims
    assert claims["exp"] - claims["iat"] == 900


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_every_algorithm_signs_them(
    defined: BackEnd, settings: Settings, now: datetime, algorithm: Algorithm
) -> None:
    profile_change(app_id=CLINIC, backend_algorithm=algorithm, actor=SYSTEM, now=now)
    SigningKey.objects.filter(purpose=KeyPurpose.BACKEND_TOKEN).delete()
    keys_reconcile(now=now)
    defined.register()
    token = defined.issue({"plan": "gold"}).json()["token"]
    verified = token_verify(
        token,
        kind=BACKEND_TOKEN,
        keys=handed_out(defined),
        expected=expected(settings),
        now=int(now.timestamp()),
    )
    assert defined.verify(token).json()["claims"] == verified
    (entry, *_) = defined.keys().json()["keys"]
    assert (entry["algorithm"], entry["jwk"] is None) == (algorithm, algorithm is Algorithm.HS256)


@pytest.mark.parametrize("algorithm", list(EncryptionAlgorithm))
def test_an_encrypted_one_opens_with_the_back_ends_key_and_shows_no_length(
    defined: BackEnd, settings: Settings, now: datetime, algorithm: EncryptionAlgorithm
) -> None:
    defined.key = DecryptionKey.generate(algorithm)
    defined.register()
    lengths = set()
    for diagnosis in ("cold", "a long and rare one"):
        token = defined.issue({"diagnosis": diagnosis}, encrypt=True).json()["token"]
        lengths.add(len(token))
        claims = nested_verify(
            token,
            kind=PHI_BACKEND_TOKEN,
            decryption_keys={defined.key.kid: defined.key},
            keys=handed_out(defined),
            expected=expected(settings),
            now=int(now.timestamp()),
        )
        assert claims["ext"] == {"diagnosis": diagnosis}
        assert defined.verify(token).json() == {"valid": False, "code": "token_refused"}
        inner = nested_open(token, typ="phi-backend+jwt", keys={defined.key.kid: defined.key})
        assert defined.verify(inner).json() == {"valid": False, "code": "token_refused"}
    assert len(lengths) == 1


REFUSED = [
    pytest.param({"diagnosis": "secret words"}, {}, "phi_needs_encryption", id="PHI in clear"),
    pytest.param({"email": "secret words"}, {}, "consent_required", id="personal without consent"),
    pytest.param({"unheard_of": "secret words"}, {}, "claim_unknown", id="unknown"),
    pytest.param({"seats": "secret words"}, {}, "claim_value", id="another type"),
    pytest.param({"plan": {"deep": "secret words"}}, {}, "claim_value", id="an object"),
    pytest.param({"plan": "\ud800 secret words"}, {}, "claim_value", id="half a character"),
]


@pytest.mark.parametrize(("claims", "asked", "code"), REFUSED)
def test_what_a_profile_does_not_allow_is_refused_and_recorded_without_a_word_of_it(
    defined: BackEnd, claims: dict[str, Any], asked: dict[str, Any], code: str
) -> None:
    answer = defined.issue(claims, **asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    (event,) = recorded(Action.TOKEN_REFUSED)
    assert (event.outcome, event.detail) == ("denied", {"rule": code})
    assert "secret words" not in answer.content.decode()
    assert not recorded(Action.TOKEN_ISSUED)


def test_with_consent_personal_claims_travel(defined: BackEnd) -> None:
    assert defined.issue({"email": "a@example.com"}, consent=True).status_code == 201


def test_an_app_may_have_personal_claims_travel_encrypted_only(defined: BackEnd, now: datetime) -> None:
    profile_change(app_id=CLINIC, encrypts_personal=True, actor=SYSTEM, now=now)
    answer = defined.issue({"email": "a@example.com"}, consent=True)
    assert answer.json()["code"] == "encryption_required"
    defined.register()
    assert defined.issue({"email": "a@example.com"}, consent=True, encrypt=True).status_code == 201


def test_where_phi_is_handled_an_unclassified_claim_counts_as_phi(defined: BackEnd, now: datetime) -> None:
    assert defined.issue({"note": "a"}).status_code == 201
    profile_change(app_id=CLINIC, handles_phi=True, actor=SYSTEM, now=now)
    assert defined.issue({"note": "a"}).json()["code"] == "phi_needs_encryption"
    assert defined.issue({"plan": "gold"}).status_code == 201


def test_the_log_has_names_and_classes_and_no_value(defined: BackEnd) -> None:
    defined.register()
    claims = {"plan": "secret words", "email": "secret words", "note": "secret words"}
    defined.issue(claims, consent=True, encrypt=True, subject="secret words")
    (event,) = recorded(Action.TOKEN_ISSUED)
    assert event.detail["claims"] == {"plan": "public", "email": "personal", "note": ""}
    assert event.detail["encrypted"] is True
    assert event.actor_id == str(defined.api_token.pk)
    assert "secret words" not in json.dumps([str(one.detail) for one in AuditEvent.objects.all()])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"lifetime": 901}, "claim_value"),
        ({"lifetime": 0}, "claim_value"),
        ({"lifetime": "long"}, "invalid_value"),
        ({"subject": ""}, "invalid_value"),
        ({"subject": "x" * 129}, "invalid_value"),
        ({"subject": "a\nb"}, "claim_value"),
        ({"claims": ["plan"]}, "invalid_value"),
        ({"consent": "perhaps"}, "invalid_value"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(defined: BackEnd, asked: dict[str, Any], code: str) -> None:
    answer = defined.issue(**asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_no_token_outlives_what_the_console_allows(defined: BackEnd, settings: Settings) -> None:
    """Its key stops verifying that long after it signed last."""
    settings.TOKEN_LIFETIME = 60
    assert defined.issue(lifetime=61).json()["code"] == "claim_value"
    claims = defined.verify(defined.issue().json()["token"]).json()["claims"]
    assert claims["exp"] - claims["iat"] == 60


def test_nothing_is_encrypted_to_nobody(defined: BackEnd) -> None:
    answer = defined.issue({"plan": "gold"}, encrypt=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "recipient_unknown")


def test_without_a_key_there_is_no_token(defined: BackEnd, now: datetime) -> None:
    SigningKey.objects.filter(purpose=KeyPurpose.BACKEND_TOKEN).delete()
    assert (defined.issue().status_code, defined.issue().json()["code"]) == (503, "key_unavailable")
    keys_reconcile(now=now)
    profile_change(app_id=CLINIC, issues_backend_tokens=False, actor=SYSTEM, now=now)
    assert defined.issue().json()["code"] == "key_unavailable"


def test_a_secret_is_handed_out_encrypted_only_and_each_time_recorded(back_end: BackEnd) -> None:
    assert back_end.keys().json()["code"] == "recipient_unknown"
    assert not recorded(Action.BACKEND_SECRET_HANDED_OUT)
    back_end.register()
    answer = back_end.keys()
    assert answer["Cache-Control"] == "no-store"
    (event,) = recorded(Action.BACKEND_SECRET_HANDED_OUT)
    rows = SigningKey.objects.filter(purpose=KeyPurpose.BACKEND_TOKEN)
    assert sorted(event.detail["kids"]) == sorted(row.key_id for row in rows)
    assert event.detail["recipient"] == back_end.key.kid
    for row in rows:
        context = f"signing-key:{row.kid}|{row.purpose}|{row.app_id}|{row.algorithm}"
        secret = sealing.kek_current().unseal(row.sealed_private, context=context)
        for spelling in (secret.hex(), json.dumps(secret.decode("latin-1"))):
            assert spelling not in answer.content.decode()


def test_a_handed_out_secret_passes_nowhere_for_a_token(back_end: BackEnd) -> None:
    back_end.register()
    (entry, *_) = back_end.keys().json()["keys"]
    with pytest.raises(TokenRefusedError):
        nested_open(entry["jwe"], typ="backend-key+jwe", keys={back_end.key.kid: back_end.key})


def test_public_keys_are_handed_out_in_clear_and_need_no_recipient(back_end: BackEnd, now: datetime) -> None:
    profile_change(app_id=CLINIC, backend_algorithm=Algorithm.ES256, actor=SYSTEM, now=now)
    SigningKey.objects.filter(purpose=KeyPurpose.BACKEND_TOKEN).delete()
    keys_reconcile(now=now)
    keys = back_end.keys().json()["keys"]
    assert {entry["state"] for entry in keys} == {"active", "prepublished"}
    assert all(entry["jwe"] is None and "d" not in entry["jwk"] for entry in keys)
    assert not recorded(Action.BACKEND_SECRET_HANDED_OUT)


@pytest.mark.django_db
def test_only_who_may_issue_gets_tokens_and_keys(clinic: str, back_end: BackEnd, kai: User) -> None:
    verifier = BackEnd(clinic, kai, Permission.TOKEN_VERIFY)
    assert {verifier.issue().status_code, verifier.keys().status_code} == {403}
    stranger = BackEnd("com.example.bank", kai)
    stranger.app_id = clinic
    assert {stranger.issue().status_code, stranger.keys().status_code} == {404}
