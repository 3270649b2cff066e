"""Every attack on a token that the strict verifier has to refuse, each for its own reason.

The table follows what joserfc alone lets through, RFC 8725 and the usual playbook against JWT libraries.
"""

import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.verification import MAX_TOKEN_LENGTH, Expected, token_verify
from signing.domain.download_token import DOWNLOAD_TOKEN
from signing.domain.probe_token import PROBE_TOKEN
from signing.domain.release_token import RELEASE_TOKEN
from tests.support.forge import as_json, b64, forge
from tests.support.tokens import EXPECTED, NOW, download_claims, install_claims

KEY = ES256Key.generate()
KID = KEY.public_jwk()["kid"]
STRANGER = ES256Key.generate()
SECRET = HS256Key.generate()
SECRET_KID = "c2VjcmV0LWtpZC1mb3ItdA"
KEYS = {KID: KEY.verification_key(KID), SECRET_KID: SECRET.verification_key(SECRET_KID)}
HEADER = {"alg": "ES256", "kid": KID, "typ": "release+jwt"}
GOOD = forge(HEADER, install_claims(), KEY.sign)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def verify(token: str, *, now: int = NOW, expected: Expected = EXPECTED) -> dict[str, Any]:
    return token_verify(token, kind=RELEASE_TOKEN, keys=KEYS, expected=expected, now=now)


def refusal(token: str, **changed: Any) -> str:
    with pytest.raises(TokenRefusedError) as caught:
        verify(token, **changed)
    assert caught.value.message == "The token isn't valid."
    assert str(caught.value) == "The token isn't valid."
    return caught.value.reason


def header_with(**changed: Any) -> str:
    header = {name: value for name, value in (HEADER | changed).items() if value is not ...}
    return forge(header, install_claims(), KEY.sign)


def claims_with(**changed: Any) -> str:
    return forge(HEADER, install_claims(**changed), KEY.sign)


def raw_claims(old: bytes, new: bytes) -> str:
    claims = as_json(install_claims())
    assert old in claims
    return forge(HEADER, claims.replace(old, new), KEY.sign)


def public_pem() -> bytes:
    return KEY._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def mac_with(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda data: hmac.digest(secret, data, "sha256")


def with_signature(change: Callable[[bytes], bytes]) -> str:
    signing_input, _, signature = GOOD.rpartition(".")
    return f"{signing_input}.{b64(change(b64url_decode(signature)))}"


def test_a_good_token_gives_its_claims() -> None:
    assert verify(GOOD) == install_claims()


HEADER_ATTACKS = [
    pytest.param(header_with(jku="https://evil.example/jwks"), "header: members", id="jku"),
    pytest.param(header_with(jwk=STRANGER.public_jwk()), "header: members", id="jwk"),
    pytest.param(header_with(x5u="https://evil.example/cert"), "header: members", id="x5u"),
    pytest.param(header_with(x5c=["MIIB"]), "header: members", id="x5c"),
    pytest.param(header_with(crit=["exp"]), "header: members", id="crit"),
    pytest.param(header_with(b64=False, crit=["b64"]), "header: members", id="b64 false"),
    pytest.param(header_with(zip="DEF"), "header: members", id="zip"),
    pytest.param(header_with(cty="JWT"), "header: members", id="cty"),
    pytest.param(header_with(kid=...), "header: members", id="no kid"),
    pytest.param(header_with(typ=...), "header: members", id="no typ"),
    pytest.param(header_with(alg=...), "header: members", id="no alg"),
    pytest.param(header_with(typ="JWT"), "header: typ", id="typ JWT"),
    pytest.param(header_with(typ="download+jwt"), "header: typ", id="typ of another kind"),
    pytest.param(header_with(typ="key-probe+jwt"), "header: typ", id="typ of a probe"),
    pytest.param(header_with(typ="Release+JWT"), "header: typ", id="typ in other case"),
    pytest.param(header_with(typ="application/release+jwt"), "header: typ", id="typ with application/"),
    pytest.param(header_with(kid=STRANGER.public_jwk()["kid"]), "header: unknown kid", id="unknown kid"),
    pytest.param(header_with(kid=[KID]), "header: a member isn't", id="kid as a list"),
    pytest.param(header_with(kid=None), "header: a member isn't", id="kid null"),
    pytest.param(header_with(kid=7), "header: a member isn't", id="kid a number"),
    pytest.param(header_with(kid=""), "header: kid", id="kid empty"),
    pytest.param(header_with(kid="../../../dev/null"), "header: kid", id="kid a path"),
    pytest.param(header_with(kid="x' OR '1'='1"), "header: kid", id="kid an SQL injection"),
    pytest.param(header_with(kid=f"{KID}\n"), "header: kid", id="kid with a line break"),
    pytest.param(header_with(alg="es256"), "header: alg", id="alg in lower case"),
    pytest.param(header_with(alg="ES384"), "header: alg", id="alg ES384"),
    pytest.param(header_with(alg="EdDSA"), "header: alg", id="alg EdDSA"),
    pytest.param(header_with(alg="RS256"), "header: alg", id="alg RS256"),
    pytest.param(
        forge(
            f'{{"alg":"ES256","kid":"{KID}","kid":"{KID}","typ":"release+jwt"}}'.encode(),
            install_claims(),
            KEY.sign,
        ),
        "header: duplicate",
        id="kid twice",
    ),
    pytest.param(
        forge(
            f'{{"alg":"none","alg":"ES256","kid":"{KID}","typ":"release+jwt"}}'.encode(),
            install_claims(),
            KEY.sign,
        ),
        "header: duplicate",
        id="alg twice",
    ),
    pytest.param(forge(b"[]", install_claims(), KEY.sign), "header: not an object", id="header a list"),
    pytest.param(forge(b"\xff", install_claims(), KEY.sign), "header: not JSON", id="header no text"),
]


@pytest.mark.parametrize(("token", "reason"), HEADER_ATTACKS)
def test_a_header_other_than_ours_is_refused(token: str, reason: str) -> None:
    assert refusal(token).startswith(reason)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "nonE", "", " none", "none "])
@pytest.mark.parametrize("signature", [b"", b"\0" * 64], ids=["unsigned", "blank signature"])
def test_no_spelling_of_none_is_accepted(alg: str, signature: bytes) -> None:
    refusal(forge(HEADER | {"alg": alg}, install_claims(), lambda _: signature))


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(public_pem(), id="PEM"),
        pytest.param(public_pem().strip(), id="PEM without the line break"),
        pytest.param(as_json(KEY.public_jwk()), id="JWK"),
        pytest.param(KEY.public_jwk()["x"].encode(), id="x coordinate"),
        pytest.param(b"", id="blank"),
        pytest.param(b"secret", id="weak"),
    ],
)
@pytest.mark.parametrize("alg", ["HS256", "ES256"])
def test_the_public_key_is_no_hmac_secret(secret: bytes, alg: str) -> None:
    refusal(forge(HEADER | {"alg": alg}, install_claims(), mac_with(secret)))


def test_a_key_of_another_algorithm_does_not_sign_this_kind_even_if_the_caller_trusts_it() -> None:
    header = {"alg": "HS256", "kid": SECRET_KID, "typ": "release+jwt"}
    assert "HS256 doesn't sign" in refusal(forge(header, install_claims(), SECRET.sign))


def test_the_algorithm_comes_from_the_key_and_the_header_must_agree() -> None:
    header = {"alg": "ES256", "kid": SECRET_KID, "typ": "release+jwt"}
    assert refusal(forge(header, install_claims(), KEY.sign)).startswith("header: alg")


def der_signature(data: bytes) -> bytes:
    return KEY._key.sign(data, ec.ECDSA(hashes.SHA256()))


def with_trailing_bits(token: str) -> str:
    """Spell the last character in another way: 86 characters hold 4 bits more than 64 bytes need."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


SIGNATURE_ATTACKS = [
    pytest.param(forge(HEADER, install_claims(), STRANGER.sign), "signature: doesn't", id="another key"),
    pytest.param(with_signature(lambda _: bytes(64)), "signature: doesn't", id="psychic: r = s = 0"),
    pytest.param(with_signature(lambda raw: raw[:32] + bytes(32)), "signature: doesn't", id="s = 0"),
    pytest.param(
        with_signature(lambda _: P256_ORDER.to_bytes(32, "big") * 2), "signature: doesn't", id="r = s = n"
    ),
    pytest.param(with_signature(lambda raw: raw[:32] + raw[:32]), "signature: doesn't", id="r in place of s"),
    pytest.param(with_signature(lambda raw: raw[:-1]), "signature: wrong length", id="short"),
    pytest.param(with_signature(lambda raw: raw + b"\0"), "signature: wrong length", id="long"),
    pytest.param(forge(HEADER, install_claims(), der_signature), "signature: wrong length", id="DER"),
    pytest.param(GOOD + "==", "signature: not unpadded", id="padded signature"),
    pytest.param(with_trailing_bits(GOOD), "signature: not unpadded", id="trailing bits"),
    pytest.param(GOOD + "\n", "signature: not unpadded", id="line break at the end"),
    pytest.param(GOOD.replace(".", "=.", 1), "header: not unpadded", id="padded header"),
    pytest.param("=.".join(GOOD.rsplit(".", 1)), "claims: not unpadded", id="padded claims"),
    pytest.param(" " + GOOD, "header: not unpadded", id="space in front"),
    pytest.param("\ufeff" + GOOD, "header: not unpadded", id="byte order mark in front"),
]


@pytest.mark.parametrize(("token", "reason"), SIGNATURE_ATTACKS)
def test_a_signature_other_than_the_keys_own_is_refused(token: str, reason: str) -> None:
    assert refusal(token).startswith(reason)


FORM_ATTACKS = [
    pytest.param("", id="nothing"),
    pytest.param(".", id="a dot"),
    pytest.param("..", id="two dots"),
    pytest.param(GOOD.rsplit(".", 1)[0], id="two segments"),
    pytest.param(GOOD.rsplit(".", 1)[0] + ".", id="empty signature"),
    pytest.param(GOOD + ".AAAA", id="four segments"),
    pytest.param(GOOD + ".AAAA.AAAA", id="five segments, as a JWE has"),
    pytest.param(GOOD.split(".")[0] + ".." + GOOD.split(".")[2], id="detached payload"),
    pytest.param(
        json.dumps({"payload": "e30", "signatures": []}), id="JSON serialisation without a signature"
    ),
    pytest.param(
        json.dumps(dict(zip(("protected", "payload", "signature"), GOOD.split("."), strict=True))),
        id="flattened JSON serialisation of a good token",
    ),
    pytest.param("A" * (MAX_TOKEN_LENGTH + 1), id="too long"),
    pytest.param(GOOD + "A" * MAX_TOKEN_LENGTH, id="too long behind a good token"),
    pytest.param(forge(HEADER, install_claims(version="9" * 8000), KEY.sign), id="too long and signed"),
]


@pytest.mark.parametrize("token", FORM_ATTACKS)
def test_anything_but_one_compact_token_is_refused(token: str) -> None:
    assert refusal(token).startswith("token: ")


def test_the_length_is_judged_before_anything_is_parsed() -> None:
    assert refusal("." * 10_000_000) == "token: 10000000 characters"


PAYLOAD_ATTACKS = [
    pytest.param(
        raw_claims(b'"aud":', b'"aud":"com.example.evil","aud":'), "claims: duplicate", id="aud twice"
    ),
    pytest.param(raw_claims(b'"exp":', b'"exp":1,"exp":'), "claims: duplicate", id="exp twice"),
    pytest.param(raw_claims(b"1800000900", b"1e400"), "claim exp: not a whole", id="exp infinite"),
    pytest.param(raw_claims(b"1800000900", b"Infinity"), "claims: number", id="exp Infinity"),
    pytest.param(raw_claims(b"1800000900", b"NaN"), "claims: number", id="exp NaN"),
    pytest.param(raw_claims(b"1800000900", b"1800000900.0"), "claim exp: not a whole", id="exp a float"),
    pytest.param(raw_claims(b"1800000900", b"18000009e2"), "claim exp: not a whole", id="exp exponential"),
    pytest.param(forge(HEADER, b"[]", KEY.sign), "claims: not an object", id="a list"),
    pytest.param(forge(HEADER, b"null", KEY.sign), "claims: not an object", id="null"),
    pytest.param(forge(HEADER, b"{", KEY.sign), "claims: not JSON", id="no JSON"),
    pytest.param(forge(HEADER, b"{}", KEY.sign), "claims missing", id="no claims"),
]


@pytest.mark.parametrize(("token", "reason"), PAYLOAD_ATTACKS)
def test_claims_that_two_readers_could_disagree_about_are_refused(token: str, reason: str) -> None:
    assert refusal(token).startswith(reason)


CLAIM_ATTACKS = [
    pytest.param({"iss": "https://evil.example"}, "claim iss: not the one", id="iss of another"),
    pytest.param({"iss": EXPECTED.issuer + "/"}, "claim iss: not the one", id="iss with a slash"),
    pytest.param({"iss": [EXPECTED.issuer]}, "claim iss: not a string", id="iss a list"),
    pytest.param({"iss": None}, "claim iss: not a string", id="iss null"),
    pytest.param({"aud": "com.example.evil"}, "claim aud: not the one", id="aud of another"),
    pytest.param({"aud": [EXPECTED.audience]}, "claim aud: not a string", id="aud a list of one"),
    pytest.param(
        {"aud": [EXPECTED.audience, "com.example.evil"]}, "claim aud: not a string", id="aud a list of two"
    ),
    pytest.param({"aud": ""}, "claim aud: 0", id="aud empty"),
    pytest.param({"sub": "another-device"}, "claim sub: not the one", id="sub of another"),
    pytest.param({"sub": [EXPECTED.subject]}, "claim sub: not a string", id="sub a list"),
    pytest.param({"sub": 7}, "claim sub: not a string", id="sub a number"),
    pytest.param({"iat": str(NOW)}, "claim iat: not a whole", id="iat a string"),
    pytest.param({"iat": True}, "claim iat: not a whole", id="iat a boolean"),
    pytest.param({"iat": NOW + 61, "exp": NOW + 900}, "claim iat or nbf", id="iat in the future"),
    pytest.param({"iat": -1}, "claim iat: out of bounds", id="iat negative"),
    pytest.param({"nbf": NOW + 61}, "claim iat or nbf", id="nbf in the future"),
    pytest.param({"nbf": None}, "claim nbf: not a whole", id="nbf null"),
    pytest.param({"nbf": False}, "claim nbf: not a whole", id="nbf a boolean"),
    pytest.param({"exp": str(NOW + 900)}, "claim exp: not a whole", id="exp a string"),
    pytest.param({"exp": True}, "claim exp: not a whole", id="exp a boolean"),
    pytest.param({"exp": None}, "claim exp: not a whole", id="exp null"),
    pytest.param({"exp": NOW + 901}, "claim exp: 901", id="exp a second too far"),
    pytest.param({"exp": NOW + 30 * 365 * 86_400}, "claim exp: 946080000", id="exp in 30 years"),
    pytest.param({"exp": 2**53}, "claim exp: out of bounds", id="exp beyond exact numbers"),
    pytest.param({"exp": NOW}, "claim exp: 0", id="exp at iat"),
    pytest.param({"exp": NOW - 10}, "claim exp: -10", id="exp before iat"),
    pytest.param({"jti": "short"}, "claim jti: 5", id="jti guessable"),
    pytest.param({"jti": 12345678901234567890}, "claim jti: not a string", id="jti a number"),
    pytest.param({"jti": "x" * 21 + "\n"}, "claim jti: has an", id="jti with a line break"),
    pytest.param({"admin": True}, "a claim that release+jwt", id="unknown claim"),
    pytest.param({"ext": {}}, "claim ext: not an object", id="custom claims, but none"),
    pytest.param({"ext": {"sub": {}}}, "claim ext: an impossible", id="custom claims that nest"),
    pytest.param({"pad": "000"}, "a claim that release+jwt", id="padding without encryption"),
]


@pytest.mark.parametrize(("changed", "reason"), CLAIM_ATTACKS)
def test_a_wrong_claim_is_refused_however_well_it_is_signed(changed: dict[str, Any], reason: str) -> None:
    assert refusal(claims_with(**changed)).startswith(reason)


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"])
def test_a_missing_claim_is_refused(name: str) -> None:
    assert refusal(claims_with(**{name: ...})) == f"claims missing: {name}"


@pytest.mark.parametrize(
    ("now", "is_good"),
    [
        pytest.param(NOW - 61, False, id="61 s before iat"),
        pytest.param(NOW - 60, True, id="60 s before iat: our clock may lag"),
        pytest.param(NOW, True, id="at iat"),
        pytest.param(NOW + 899, True, id="a second before exp"),
    ],
)
def test_a_token_is_good_from_iat_to_exp(now: int, *, is_good: bool) -> None:
    if is_good:
        assert verify(GOOD, now=now) == install_claims()
    else:
        assert refusal(GOOD, now=now) == "claim iat or nbf: in the future"


@pytest.mark.parametrize("now", [NOW + 900, NOW + 901, NOW + 10**6])
def test_at_exp_a_token_is_over_with_no_leeway(now: int) -> None:
    with pytest.raises(TokenExpiredError) as caught:
        verify(GOOD, now=now)
    assert caught.value.message == "The token has expired."


def test_expired_is_said_only_of_a_token_that_was_good() -> None:
    with pytest.raises(TokenRefusedError) as caught:
        verify(claims_with(aud="com.example.evil"), now=NOW + 10**6)
    assert not isinstance(caught.value, TokenExpiredError)


def test_the_malleated_twin_verifies_so_replay_protection_must_key_on_jti() -> None:
    """(r, n-s) is as good a signature as (r, s), in ECDSA itself: one token has two texts, and one `jti`."""
    twin = with_signature(
        lambda raw: raw[:32] + (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    )
    assert twin != GOOD
    assert verify(twin)["jti"] == verify(GOOD)["jti"]


def test_no_kind_verifies_as_another() -> None:
    header = {"alg": "HS256", "kid": SECRET_KID, "typ": "download+jwt"}
    token = forge(header, download_claims(), SECRET.sign)
    assert token_verify(token, kind=DOWNLOAD_TOKEN, keys=KEYS, expected=EXPECTED, now=NOW)
    for kind in (RELEASE_TOKEN, PROBE_TOKEN):
        with pytest.raises(TokenRefusedError):
            token_verify(token, kind=kind, keys=KEYS, expected=EXPECTED, now=NOW)


def test_without_keys_nothing_verifies() -> None:
    with pytest.raises(TokenRefusedError, match="isn't valid"):
        token_verify(GOOD, kind=RELEASE_TOKEN, keys={}, expected=EXPECTED, now=NOW)


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="utf-8"))
def test_no_single_changed_character_survives(position: int, character: str) -> None:
    changed = GOOD[:position] + character + GOOD[position + 1 :]
    if changed != GOOD:
        refusal(changed)


@given(st.text() | st.binary().map(b64) | st.lists(st.binary().map(b64), max_size=5).map(".".join))
def test_rubbish_is_refused_and_nothing_else_is_raised(token: str) -> None:
    refusal(token)


def test_the_reason_never_repeats_the_token() -> None:
    secret_looking = "c" * 60
    for token in (GOOD + secret_looking, claims_with(sub=secret_looking), header_with(typ=secret_looking)):
        assert secret_looking not in refusal(token)
