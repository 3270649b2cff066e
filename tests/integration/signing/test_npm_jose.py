"""npm's `jose` agrees with us: on what is good, on what isn't, and on the names of keys."""

from datetime import datetime
from typing import Any

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from signing.selectors import jwks_document
from signing.services import app_keys_ensure, release_claims, release_signer
from tests.support.npm_jose import jose_verify
from tests.support.tokens import DEVICE_ID, Release


def tampered(token: str) -> dict[str, str]:
    head, claims, signature = token.split(".")
    raw = b64url_decode(signature)
    other = b64url_encode(b64url_decode(claims).replace(b"2.4.1", b"2.4.0"))
    none = b64url_encode(b64url_decode(head).replace(b"ES256", b"none"))
    confused = b64url_encode(b64url_decode(head).replace(b"ES256", b"HS256"))
    return {
        "claims": f"{head}.{other}.{signature}",
        "signature": f"{head}.{claims}.{b64url_encode(bytes([raw[0] ^ 1]) + raw[1:])}",
        "psychic": f"{head}.{claims}.{b64url_encode(bytes(64))}",
        "none": f"{none}.{claims}.",
        "confused": f"{confused}.{claims}.{signature}",
        "unsigned": f"{head}.{claims}.",
    }


def asked(app_id: str, tokens: list[str], at: datetime, **changed: Any) -> dict[str, Any]:
    question = {
        "jwks": jwks_document(),
        "issuer": "http://localhost:8000",
        "audience": app_id,
        "subject": DEVICE_ID,
        "typ": "release+jwt",
        "now": int(at.timestamp()),
        "tokens": tokens,
    }
    return jose_verify(**(question | changed))


def signed(app_id: str, now: datetime, decision: str = "install", **more: Any) -> str:
    claims = release_claims(
        app_id=app_id,
        device_id=DEVICE_ID,
        decision=decision,
        decision_seq=12,
        channel="production",
        release=Release(native_min="2.0.0") if decision in {"install", "current"} else None,
        now_epoch=int(now.timestamp()),
        **more,
    )
    return release_signer(app_id).sign(claims)


def test_it_verifies_every_kind_of_decision_and_computes_equal_thumbprints(
    clinic: str, now: datetime
) -> None:
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    decisions = ["install", "current", "builtin", "hold"]
    answer = asked(clinic, [signed(clinic, now, decision, nonce="n" * 22) for decision in decisions], now)
    assert [result.get("claims", result)["decision"] for result in answer["results"]] == decisions
    assert answer["thumbprints"] == [key["kid"] for key in jwks_document()["keys"]]


def test_it_refuses_whatever_was_tampered_with(clinic: str, now: datetime) -> None:
    spoilt = tampered(signed(clinic, now))
    answer = asked(clinic, list(spoilt.values()), now)
    accepted = [name for name, result in zip(spoilt, answer["results"], strict=True) if "claims" in result]
    assert accepted == []


def test_it_refuses_a_token_for_somebody_else_or_of_another_kind_or_time(clinic: str, now: datetime) -> None:
    token = signed(clinic, now)
    for changed in (
        {"audience": "com.example.bank"},
        {"subject": "another"},
        {"issuer": "https://evil.example"},
        {"typ": "JWT"},
        {"now": int(now.timestamp()) + 901},
    ):
        (result,) = asked(clinic, [token], now, **changed)["results"]
        assert "error" in result, changed
