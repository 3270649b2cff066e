from datetime import datetime, timedelta
from typing import Any

import pytest

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import sealing
from releaseconsole.kernel.jose.ec_keys import ES256Key
from signing.domain.lifecycle import KeyState
from signing.errors import KeyUnavailableError, TokenExpiredError, TokenRefusedError
from signing.models import SigningKey
from signing.selectors import active_release_kids
from signing.services import app_keys_ensure, release_claims, release_signer, release_token_verify
from tests.integration.signing.conftest import signs
from tests.support.tokens import DEVICE_ID, Release

NONCE = "n" * 22


def signed(app_id: str, now: datetime, **changed: Any) -> str:
    arguments: dict[str, Any] = {
        "app_id": app_id,
        "device_id": DEVICE_ID,
        "decision": "install",
        "decision_seq": 12,
        "channel": "production",
        "release": Release(),
        "nonce": NONCE,
        "now_epoch": int(now.timestamp()),
    }
    return release_signer(app_id).sign(release_claims(**(arguments | changed)))


def test_what_is_signed_verifies_with_the_design_s_claims(clinic: str, now: datetime) -> None:
    claims = release_token_verify(
        signed(clinic, now), app_id=clinic, device_id=DEVICE_ID, nonce=NONCE, now=now
    )
    assert claims["iss"] == "http://localhost:8000"
    assert (claims["aud"], claims["sub"], claims["nonce"]) == (clinic, DEVICE_ID, NONCE)
    assert (claims["decision"], claims["decision_seq"], claims["version"]) == ("install", 12, "2.4.1")
    assert (claims["iat"], claims["exp"]) == (int(now.timestamp()), int(now.timestamp()) + 900)


def test_no_two_tokens_share_a_jti(clinic: str, now: datetime) -> None:
    arguments: dict[str, Any] = {"app_id": clinic, "device_id": DEVICE_ID, "nonce": NONCE, "now": now}
    jtis = {release_token_verify(signed(clinic, now), **arguments)["jti"] for _ in range(20)}
    assert len(jtis) == 20


def test_without_a_nonce_there_is_none_in_the_token(clinic: str, now: datetime) -> None:
    token = signed(clinic, now, nonce=None)
    assert "nonce" not in release_token_verify(token, app_id=clinic, device_id=DEVICE_ID, nonce=None, now=now)


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        pytest.param(NONCE, "m" * 22, id="another"),
        pytest.param(NONCE, None, id="not asked for"),
        pytest.param(None, NONCE, id="missing"),
    ],
)
def test_a_token_for_another_nonce_is_refused(
    clinic: str, now: datetime, told: str | None, asked: str | None
) -> None:
    with pytest.raises(TokenRefusedError):
        release_token_verify(
            signed(clinic, now, nonce=told), app_id=clinic, device_id=DEVICE_ID, nonce=asked, now=now
        )


def test_a_token_of_one_app_is_worth_nothing_to_another(clinic: str, now: datetime) -> None:
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    with pytest.raises(TokenRefusedError) as caught:
        release_token_verify(
            signed(clinic, now), app_id="com.example.bank", device_id=DEVICE_ID, nonce=NONCE, now=now
        )
    assert caught.value.reason.startswith("header: unknown kid")


def test_a_token_expires(clinic: str, now: datetime) -> None:
    with pytest.raises(TokenExpiredError):
        release_token_verify(
            signed(clinic, now),
            app_id=clinic,
            device_id=DEVICE_ID,
            nonce=NONCE,
            now=now + timedelta(seconds=900),
        )


def test_a_key_that_does_not_sign_yet_does_not_verify_either(clinic: str, now: datetime) -> None:
    token = signed(clinic, now)
    SigningKey.objects.exclude(pk=signs(clinic).pk).delete()
    SigningKey.objects.update(state=KeyState.PREPUBLISHED)
    with pytest.raises(TokenRefusedError):
        release_token_verify(token, app_id=clinic, device_id=DEVICE_ID, nonce=NONCE, now=now)
    with pytest.raises(KeyUnavailableError):
        release_signer(clinic)


def test_the_active_kids_of_all_apps_are_told_in_one_go(clinic: str, console: None, now: datetime) -> None:
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    bank = SigningKey.objects.filter(app_id="com.example.bank")
    bank.filter(state=KeyState.PREPUBLISHED).delete()
    bank.update(state=KeyState.PREPUBLISHED)
    assert active_release_kids() == {clinic: release_signer(clinic).kid}


@pytest.mark.django_db
def test_an_app_without_a_key_gets_no_signer() -> None:
    with pytest.raises(KeyUnavailableError):
        release_signer("com.example.unknown")


def test_sealed_material_swapped_between_rows_does_not_open(clinic: str, now: datetime) -> None:
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    bank = signs("com.example.bank")
    SigningKey.objects.filter(app_id=clinic, state=KeyState.ACTIVE).update(sealed_private=bank.sealed_private)
    with pytest.raises(KeyUnavailableError, match="altered, or belongs somewhere else"):
        release_signer(clinic)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"app_id": "com.example.bank"}, id="app"),
        pytest.param({"kid": "another"}, id="kid"),
    ],
)
def test_a_row_whose_owner_was_changed_does_not_open(clinic: str, changed: dict[str, Any]) -> None:
    SigningKey.objects.filter(state=KeyState.ACTIVE).update(**changed)
    with pytest.raises(KeyUnavailableError):
        release_signer(changed.get("app_id", clinic))


def test_a_public_half_of_another_key_is_noticed_before_anything_is_signed(clinic: str) -> None:
    other = ES256Key.generate().public_jwk()
    # As deep a forgery as the database allows: row, kid and seal all agree with the foreign public half.
    row = signs(clinic)
    own = ES256Key.generate()
    context = f"signing-key:{other['kid']}|release_token|{clinic}|ES256"
    row.sealed_private = sealing.kek_current().seal(own.material(), context=context)
    row.kid, row.public_jwk = other["kid"], other
    row.save()
    with pytest.raises(KeyUnavailableError, match="self-test"):
        release_signer(clinic)


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param(None, id="missing"),
        pytest.param({}, id="empty"),
        pytest.param(ES256Key.generate().public_jwk(), id="of another key"),
    ],
)
def test_a_damaged_public_half_is_noticed(clinic: str, jwk: dict[str, str] | None) -> None:
    SigningKey.objects.update(public_jwk=jwk)
    with pytest.raises(KeyUnavailableError, match="public half"):
        release_signer(clinic)


def test_a_key_in_a_backend_that_is_gone_is_unavailable(clinic: str) -> None:
    SigningKey.objects.update(backend="vault")
    with pytest.raises(KeyUnavailableError, match="no key backend 'vault'"):
        release_signer(clinic)


def test_material_that_is_no_key_of_the_rows_algorithm_is_unavailable(clinic: str) -> None:
    row = signs(clinic)
    context = f"signing-key:{row.kid}|release_token|{clinic}|ES256"
    row.sealed_private = sealing.kek_current().seal(b"no key at all", context=context)
    row.save()
    with pytest.raises(KeyUnavailableError, match="PKCS#8"):
        release_signer(clinic)


def test_another_kek_is_a_clear_error(clinic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing._Holder, "kek", sealing.KeyEncryptionKey(b"o" * 32))
    with pytest.raises(KeyUnavailableError, match="this process holds"):
        release_signer(clinic)
