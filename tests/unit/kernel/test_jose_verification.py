"""Every attack on the form, claims and times of a token, whatever key signs it, each for its own reason.

Attacks on header, key and signature are in `test_jose_attacks.py`. The table follows what joserfc alone lets
through, RFC 8725 and the usual playbook against JWT libraries.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.verification import MAX_TOKEN_LENGTH, Expected, token_verify
from signing.domain.download_token import DOWNLOAD_TOKEN
from signing.domain.probe_token import PROBE_TOKEN
from signing.domain.release_token import RELEASE_TOKEN
from tests.support.forge import as_json, b64, forge
from tests.support.key_ring import Ringed, ring_key, trusted_keys
from tests.support.tokens import EXPECTED, NOW, download_claims, every_algorithm, install_claims

KEY = ring_key(Algorithm.ES256)
SECRET = ring_key(Algorithm.HS256)
KEYS = trusted_keys()
KIND = every_algorithm(RELEASE_TOKEN)
HEADER = KEY.header("release+jwt")
GOOD = forge(HEADER, install_claims(), KEY.sign)


@pytest.fixture(params=list(Algorithm))
def key(request: pytest.FixtureRequest) -> Ringed:
    return ring_key(request.param)


def verify(token: str, *, now: int = NOW, expected: Expected = EXPECTED) -> dict[str, Any]:
    return token_verify(token, kind=KIND, keys=KEYS, expected=expected, now=now)


def refusal(token: str, **changed: Any) -> str:
    with pytest.raises(TokenRefusedError) as caught:
        verify(token, **changed)
    assert caught.value.message == "The token isn't valid."
    assert str(caught.value) == "The token isn't valid."
    return caught.value.reason


def signed(key: Ringed, claims: dict[str, Any] | bytes) -> str:
    return forge(key.header("release+jwt"), claims, key.sign)


def test_a_good_token_gives_its_claims(key: Ringed) -> None:
    assert verify(signed(key, install_claims())) == install_claims()


def test_an_apps_back_end_need_not_know_the_device() -> None:
    anybody = Expected(EXPECTED.issuer, EXPECTED.audience, None)
    assert verify(GOOD, expected=anybody)["sub"] == EXPECTED.subject


@pytest.mark.parametrize("name", ["issuer", "audience"])
def test_an_issuer_or_audience_of_none_is_a_slip_and_matches_nothing(name: str) -> None:
    slip: dict[str, Any] = {"issuer": EXPECTED.issuer, "audience": EXPECTED.audience, name: None}
    assert refusal(GOOD, expected=Expected(subject=None, **slip)).startswith("claim ")


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
    pytest.param(signed(KEY, install_claims(version="9" * 8000)), id="too long and signed"),
]


@pytest.mark.parametrize("token", FORM_ATTACKS)
def test_anything_but_one_compact_token_is_refused(token: str) -> None:
    assert refusal(token).startswith("token: ")


def test_the_length_is_judged_before_anything_is_parsed() -> None:
    assert refusal("." * 10_000_000) == "token: 10000000 characters"


def replaced(old: bytes, new: bytes) -> bytes:
    claims = as_json(install_claims())
    assert old in claims
    return claims.replace(old, new)


PAYLOAD_ATTACKS = [
    pytest.param(
        replaced(b'"aud":', b'"aud":"com.example.evil","aud":'), "claims: duplicate", id="aud twice"
    ),
    pytest.param(replaced(b'"exp":', b'"exp":1,"exp":'), "claims: duplicate", id="exp twice"),
    pytest.param(replaced(b"1800000900", b"1e400"), "claim exp: not a whole", id="exp infinite"),
    pytest.param(replaced(b"1800000900", b"Infinity"), "claims: number", id="exp Infinity"),
    pytest.param(replaced(b"1800000900", b"NaN"), "claims: number", id="exp NaN"),
    pytest.param(replaced(b"1800000900", b"1800000900.0"), "claim exp: not a whole", id="exp a float"),
    pytest.param(replaced(b"1800000900", b"18000009e2"), "claim exp: not a whole", id="exp exponential"),
    pytest.param(b"[]", "claims: not an object", id="a list"),
    pytest.param(b"null", "claims: not an object", id="null"),
    pytest.param(b"{", "claims: not JSON", id="no JSON"),
    pytest.param(b"{}", "claims missing", id="no claims"),
]


@pytest.mark.parametrize(("payload", "reason"), PAYLOAD_ATTACKS)
def test_claims_that_two_readers_could_disagree_about_are_refused(
    key: Ringed, payload: bytes, reason: str
) -> None:
    assert refusal(signed(key, payload)).startswith(reason)


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
def test_a_wrong_claim_is_refused_however_well_it_is_signed(
    key: Ringed, changed: dict[str, Any], reason: str
) -> None:
    assert refusal(signed(key, install_claims(**changed))).startswith(reason)


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"])
def test_a_missing_claim_is_refused(key: Ringed, name: str) -> None:
    assert refusal(signed(key, install_claims(**{name: ...}))) == f"claims missing: {name}"


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
        verify(signed(KEY, install_claims(aud="com.example.evil")), now=NOW + 10**6)
    assert not isinstance(caught.value, TokenExpiredError)


def test_no_kind_verifies_as_another() -> None:
    token = forge(SECRET.header("download+jwt"), download_claims(), SECRET.sign)
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
    for token in (
        GOOD + secret_looking,
        signed(KEY, install_claims(sub=secret_looking)),
        forge(KEY.header(secret_looking), install_claims(), KEY.sign),
    ):
        assert secret_looking not in refusal(token)


def test_every_algorithm_has_a_key_here() -> None:
    assert {known.algorithm for known in KEYS.values()} == set(Algorithm)
