"""The fast path for download tokens: whatever it accepts, the strict wrapper accepts with the same claims."""

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.mac_tokens import MACVerifier
from releaseconsole.kernel.jose.signing import TokenSigner
from releaseconsole.kernel.jose.verification import MAX_TOKEN_LENGTH, Expected, token_verify
from signing.domain.download_token import (
    DOWNLOAD_TOKEN,
    DownloadClaims,
    download_claims_encode,
    download_claims_read,
)
from tests.support.forge import as_json, b64, forge, unsigned
from tests.support.tokens import APP_ID, DEVICE_ID, ISSUER, NOW, download_claims

KEY = HS256Key.generate()
KID = "a-random-kid-of-22-chr"
HEADER = {"alg": "HS256", "kid": KID, "typ": "download+jwt"}
SIGNER = TokenSigner(kid=KID, algorithm=KEY.algorithm, typ="download+jwt", sign=KEY.sign)
VERIFIER = MACVerifier(typ="download+jwt", keys=[(KID, KEY)])
GOOD = SIGNER.sign(as_json(download_claims()))


def fast(token: str, *, now: int = NOW) -> DownloadClaims:
    return download_claims_read(VERIFIER.open(token), issuer=ISSUER, now=now)


def slow(token: str, *, now: int = NOW, audience: str = APP_ID, subject: str = DEVICE_ID) -> dict[str, Any]:
    return token_verify(
        token,
        kind=DOWNLOAD_TOKEN,
        keys={KID: KEY.verification_key(KID)},
        expected=Expected(ISSUER, audience, subject),
        now=now,
    )


def test_the_builder_writes_what_both_readers_accept() -> None:
    claims = download_claims_encode(
        issuer=ISSUER,
        app_id=APP_ID,
        device_id=DEVICE_ID,
        sha256="ab" * 32,
        issued=NOW,
        lifetime=900,
        jti="h2e9GCH31Q3OQgvqTNhKCA",
    )
    token = SIGNER.sign(claims)
    assert slow(token) == download_claims()
    assert fast(token) == DownloadClaims(DEVICE_ID, APP_ID, "ab" * 32, NOW + 900)


def sealed(claims: bytes) -> str:
    """Sign whatever payload with the right key and the right header, as nobody but this server can."""
    return SIGNER.sign(claims)


HOSTILE = [
    pytest.param(forge(HEADER, download_claims(), HS256Key.generate().sign), id="another key"),
    pytest.param(forge(HEADER, download_claims(), unsigned), id="no signature"),
    pytest.param(forge(HEADER, download_claims(), lambda _: bytes(32)), id="blank signature"),
    pytest.param(forge(HEADER, download_claims(), lambda data: KEY.sign(data)[:16]), id="half a tag"),
    pytest.param(forge(HEADER | {"alg": "none"}, download_claims(), unsigned), id="none"),
    pytest.param(forge(HEADER | {"alg": "HS512"}, download_claims(), KEY.sign), id="another algorithm"),
    pytest.param(forge(HEADER | {"alg": "ES256"}, download_claims(), KEY.sign), id="asymmetric algorithm"),
    pytest.param(forge(HEADER | {"typ": "release+jwt"}, download_claims(), KEY.sign), id="another typ"),
    pytest.param(forge(HEADER | {"typ": "JWT"}, download_claims(), KEY.sign), id="typ JWT"),
    pytest.param(forge(HEADER | {"kid": "other"}, download_claims(), KEY.sign), id="unknown kid"),
    pytest.param(forge(HEADER | {"jku": "https://evil"}, download_claims(), KEY.sign), id="jku"),
    pytest.param(forge({"alg": "HS256"}, download_claims(), KEY.sign), id="no kid, no typ"),
    pytest.param(GOOD + "=", id="padded"),
    pytest.param(GOOD + "\n", id="line break at the end"),
    pytest.param(" " + GOOD, id="space in front"),
    pytest.param(GOOD + ".", id="a dot more"),
    pytest.param(GOOD.replace(".", "..", 1), id="an empty segment more"),
    pytest.param(GOOD.rsplit(".", 1)[0], id="no tag"),
    pytest.param(GOOD + "é", id="not ASCII"),
    pytest.param("", id="nothing"),
    pytest.param("..", id="two dots"),
    pytest.param("A" * (MAX_TOKEN_LENGTH + 1), id="too long"),
    pytest.param(sealed(as_json(download_claims(padding="x" * MAX_TOKEN_LENGTH))), id="too long, signed"),
    pytest.param(sealed(b'{"aud":"evil",' + as_json(download_claims())[1:]), id="aud twice"),
    pytest.param(sealed(as_json(download_claims(iss="https://evil.example"))), id="iss of another"),
    pytest.param(sealed(as_json(download_claims(iss=[ISSUER]))), id="iss a list"),
    pytest.param(sealed(as_json(download_claims(aud=[APP_ID]))), id="aud a list"),
    pytest.param(sealed(as_json(download_claims(aud=""))), id="aud empty"),
    pytest.param(sealed(as_json(download_claims(sub=None))), id="sub null"),
    pytest.param(sealed(as_json(download_claims(sub="x" * 513))), id="sub too long"),
    pytest.param(sealed(as_json(download_claims(sha256="AB" * 32))), id="sha256 in capitals"),
    pytest.param(sealed(as_json(download_claims(sha256="ab" * 31))), id="sha256 short"),
    pytest.param(sealed(as_json(download_claims(sha256="ab" * 32 + "\n"))), id="sha256 with a line break"),
    pytest.param(sealed(as_json(download_claims(jti="short"))), id="jti guessable"),
    pytest.param(sealed(as_json(download_claims(jti="x" * 65))), id="jti too long"),
    pytest.param(sealed(as_json(download_claims(exp=NOW + 901))), id="exp too far"),
    pytest.param(sealed(as_json(download_claims(exp=NOW))), id="exp at iat"),
    pytest.param(sealed(as_json(download_claims(exp=2**53))), id="exp beyond exact numbers"),
    pytest.param(sealed(as_json(download_claims(exp=str(NOW)))), id="exp a string"),
    pytest.param(sealed(as_json(download_claims(exp=True))), id="exp a boolean"),
    pytest.param(
        sealed(as_json(download_claims()).replace(b"1800000900", b"1800000900.0")), id="exp a float"
    ),
    pytest.param(sealed(as_json(download_claims()).replace(b"1800000900", b"1e400")), id="exp infinite"),
    pytest.param(sealed(as_json(download_claims()).replace(b"1800000900", b"NaN")), id="exp NaN"),
    pytest.param(sealed(as_json(download_claims(iat=NOW + 61))), id="iat in the future"),
    pytest.param(sealed(as_json(download_claims(iat=-1))), id="iat negative"),
    pytest.param(sealed(as_json(download_claims(admin=True))), id="unknown claim"),
    pytest.param(sealed(b"[]"), id="claims a list"),
    pytest.param(sealed(b"{}"), id="no claims"),
    pytest.param(sealed(b"\xff"), id="claims no text"),
    *[
        pytest.param(sealed(as_json(download_claims(**{name: ...}))), id=f"no {name}")
        for name in download_claims()
    ],
]


@pytest.mark.parametrize("token", HOSTILE)
def test_both_readers_refuse(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        slow(token)
    with pytest.raises(TokenRefusedError):
        fast(token)


def test_the_length_is_judged_before_anything_is_hashed() -> None:
    with pytest.raises(TokenRefusedError) as caught:
        VERIFIER.open(GOOD + "A" * MAX_TOKEN_LENGTH)
    assert caught.value.reason == "token: too long, or not ASCII"


@pytest.mark.parametrize("now", [NOW + 900, NOW + 10**6])
def test_both_readers_say_expired(now: int) -> None:
    for reader in (fast, slow):
        with pytest.raises(TokenExpiredError):
            reader(GOOD, now=now)


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="utf-8"))
def test_no_single_changed_character_survives(position: int, character: str) -> None:
    changed = GOOD[:position] + character + GOOD[position + 1 :]
    if changed != GOOD:
        with pytest.raises(TokenRefusedError):
            fast(changed)


@given(st.text() | st.lists(st.binary().map(b64), max_size=5).map(".".join))
def test_rubbish_is_refused_and_nothing_else_is_raised(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        fast(token)


odd_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([APP_ID])
likely_values = st.sampled_from([ISSUER, APP_ID, DEVICE_ID, "ab" * 32, NOW, NOW + 1, NOW + 900, "x" * 22])


@given(
    st.dictionaries(st.sampled_from([*download_claims(), "nbf", "ext"]), odd_values | likely_values),
    st.integers(NOW - 100, NOW + 1000),
)
def test_what_the_fast_reader_accepts_the_slow_one_accepts_alike(changed: dict[str, Any], now: int) -> None:
    claims = download_claims(**changed)
    token = sealed(json.dumps(claims, separators=(",", ":")).encode())
    try:
        allowed = fast(token, now=now)
    except TokenRefusedError:
        return
    read = slow(token, now=now, audience=allowed.app_id, subject=allowed.device_id)
    assert (read["aud"], read["sub"], read["sha256"], read["exp"]) == (
        allowed.app_id,
        allowed.device_id,
        allowed.sha256,
        allowed.exp,
    )


@pytest.mark.parametrize(
    "respell",
    [
        pytest.param(lambda claims: json.dumps(claims).encode(), id="with spaces"),
        pytest.param(lambda claims: as_json(dict(reversed(claims.items()))), id="in another order"),
        pytest.param(
            lambda claims: as_json(claims).replace(b"com.", b"\\u0063om."), id="with an escaped letter"
        ),
    ],
)
def test_the_fast_reader_knows_one_spelling_only(respell: Any) -> None:
    token = sealed(respell(download_claims()))
    assert slow(token) == download_claims()
    with pytest.raises(TokenRefusedError) as caught:
        fast(token)
    assert caught.value.reason == "claims: spelt in another way than this server does"


def test_keys_of_two_generations_verify_side_by_side() -> None:
    older = HS256Key.generate()
    both = MACVerifier(typ="download+jwt", keys=[(KID, KEY), ("older", older)])
    token = TokenSigner(kid="older", algorithm=older.algorithm, typ="download+jwt", sign=older.sign).sign(
        b"{}"
    )
    assert both.open(token) == b"{}"
    assert both.open(GOOD) == as_json(download_claims())


def test_a_payload_that_is_no_base64url_is_refused_even_under_a_right_tag() -> None:
    signing_input = GOOD.split(".", maxsplit=1)[0] + ".A"
    with pytest.raises(TokenRefusedError):
        VERIFIER.open(f"{signing_input}.{b64url_encode(KEY.sign(signing_input.encode()))}")


def test_a_verifier_shows_no_secret() -> None:
    assert repr(VERIFIER) == "<MACVerifier of 1 keys>"
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(VERIFIER)
