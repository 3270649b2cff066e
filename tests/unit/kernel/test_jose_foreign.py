"""Tokens that others issue: every way in which one can be wrong, refused for its own reason."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenKeyUnknownError, TokenRefusedError
from releaseconsole.kernel.jose.foreign import (
    MAX_FOREIGN_LENGTH,
    UNTYPED,
    ForeignExpected,
    foreign_issuer_claimed,
    foreign_verify,
)
from releaseconsole.kernel.jose.foreign_keys import foreign_keys_parse
from tests.support.forge import as_json, b64, forge, unsigned
from tests.support.key_ring import Ringed, ring_key, stranger_key

NOW = 1_800_000_000
ISSUER = "https://ci.example.com"
AUDIENCE = "https://updates.example.com"
ALGORITHMS = sorted(ASYMMETRIC_ALGORITHMS)
EXPECTED = ForeignExpected(
    issuer=ISSUER,
    audience=AUDIENCE,
    types=frozenset({"jwt", UNTYPED}),
    longest_age=600,
    longest_life=3600,
    leeway=30,
)


def kid_of(algorithm: Algorithm) -> str:
    return f"key {algorithm.value}".replace(" ", "-")


def published(algorithm: Algorithm, **changed: Any) -> dict[str, Any]:
    """A key as others publish it: with a name of their own, and a certificate beside it."""
    jwk = {**(ring_key(algorithm).private.public_jwk() or {}), "kid": kid_of(algorithm), "x5c": ["MIIB"]}
    return {name: value for name, value in (jwk | changed).items() if value is not ...}


def key_set(*jwks: dict[str, Any]) -> bytes:
    return json.dumps({"keys": list(jwks)}).encode()


KEYS = foreign_keys_parse(key_set(*(published(algorithm) for algorithm in ALGORITHMS)))


def good_claims(**changed: Any) -> dict[str, Any]:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "repo:clinic/app",
        "iat": NOW,
        "exp": NOW + 300,
    } | changed
    return {name: value for name, value in claims.items() if value is not ...}


def header(algorithm: Algorithm, **changed: Any) -> dict[str, Any]:
    members = {"alg": algorithm.value, "kid": kid_of(algorithm), "typ": "JWT"} | changed
    return {name: value for name, value in members.items() if value is not ...}


def token(claims: dict[str, Any] | bytes | None = None, *, key: Ringed | None = None, **headers: Any) -> str:
    key = key or ring_key(Algorithm.ES256)
    return forge(header(key.algorithm, **headers), good_claims() if claims is None else claims, key.sign)


def verify(text: str, *, expected: ForeignExpected = EXPECTED, now: int = NOW, keys: Any = KEYS) -> Any:
    return foreign_verify(text, keys=keys, expected=expected, now=now)


def refusal(text: str, **changed: Any) -> str:
    with pytest.raises(TokenRefusedError) as caught:
        verify(text, **changed)
    assert str(caught.value) == caught.value.title
    return caught.value.reason


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_good_token_gives_its_claims(algorithm: Algorithm) -> None:
    assert verify(token(key=ring_key(algorithm))) == good_claims()


def test_the_old_name_of_ed25519_is_understood_of_a_key_of_that_curve() -> None:
    assert verify(token(key=ring_key(Algorithm.ED25519), alg="EdDSA"))


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [(Algorithm.RS256, "RS256"), (Algorithm.PS256, "PS256"), (Algorithm.ES256, "ES256")],
)
def test_a_key_without_alg_does_what_its_type_can(algorithm: Algorithm, name: str) -> None:
    keys = foreign_keys_parse(key_set(published(algorithm, alg=...)))
    assert verify(token(key=ring_key(algorithm), alg=name), keys=keys)


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/jwt", "APPLICATION/JWT", ...])
def test_a_media_type_is_the_same_in_any_case_and_without_its_first_half(typ: Any) -> None:
    assert verify(token(typ=typ))


HEADER_ATTACKS = [
    pytest.param({"alg": "none"}, "header: alg isn't one of those", id="none"),
    pytest.param({"alg": "NONE"}, "header: alg isn't one of those", id="NONE"),
    pytest.param({"alg": "HS256"}, "header: alg isn't one of those", id="HS256"),
    pytest.param({"alg": "HS512"}, "header: alg isn't one of those", id="HS512"),
    pytest.param({"alg": "es256"}, "header: alg isn't one of those", id="lower case"),
    pytest.param({"alg": "ES256K"}, "header: alg isn't one of those", id="curve of coins"),
    pytest.param({"alg": "ES512"}, "header: alg isn't one of those", id="one that isn't known here"),
    pytest.param({"alg": "RS256"}, "header: alg isn't one of key", id="of another type of key"),
    pytest.param({"alg": "ES384"}, "header: alg isn't one of key", id="of another curve"),
    pytest.param({"alg": "EdDSA"}, "header: alg isn't one of key", id="of another family"),
    pytest.param({"alg": ["ES256"]}, "header: a member isn't a string", id="alg a list"),
    pytest.param({"alg": ...}, "header: a member that isn't allowed, or no", id="no alg"),
    pytest.param({"kid": ...}, "header: a member that isn't allowed, or no", id="no kid"),
    pytest.param({"kid": ""}, "header: kid has an impossible form", id="kid empty"),
    pytest.param({"kid": "a\nb"}, "header: kid has an impossible form", id="kid of two lines"),
    pytest.param({"kid": "k" * 257}, "header: kid has an impossible form", id="kid too long"),
    pytest.param({"kid": "../../dev/null"}, "header: unknown kid", id="kid a path"),
    pytest.param({"kid": kid_of(Algorithm.RS256)}, "header: alg isn't one of key", id="kid of another key"),
    pytest.param({"jku": "https://evil.example"}, "header: a member that isn't", id="jku"),
    pytest.param({"jwk": {}}, "header: a member that isn't", id="jwk"),
    pytest.param({"x5u": "https://evil.example"}, "header: a member that isn't", id="x5u"),
    pytest.param({"x5c": ["MIIB"]}, "header: a member that isn't", id="x5c"),
    pytest.param({"crit": ["exp"]}, "header: a member that isn't", id="crit"),
    pytest.param({"b64": False}, "header: a member that isn't", id="b64"),
    pytest.param({"zip": "DEF"}, "header: a member that isn't", id="zip"),
    pytest.param({"cty": "JWT"}, "header: a member that isn't", id="nested"),
    pytest.param({"typ": "at+jwt"}, "header: typ isn't one", id="typ of another kind"),
    pytest.param({"typ": ""}, None, id="typ empty is as none"),
    pytest.param({"typ": None}, "header: a member isn't a string", id="typ null"),
]


@pytest.mark.parametrize(("changed", "reason"), HEADER_ATTACKS)
def test_a_header_decides_nothing(changed: dict[str, Any], reason: str | None) -> None:
    if reason is None:
        assert verify(token(**changed))
    else:
        assert refusal(token(**changed)).startswith(reason)


def test_a_certificates_thumbprint_beside_the_kid_is_ignored() -> None:
    assert verify(token(None, key=None, **{"x5t": "AAAA", "x5t#S256": "AAAA"}))


def test_a_header_with_a_member_twice_is_refused() -> None:
    doubled = as_json(header(Algorithm.ES256)).replace(b'{"alg"', b'{"kid":"other","alg"')
    text = forge(doubled, good_claims(), ring_key(Algorithm.ES256).sign)
    assert refusal(text) == "header: duplicate member"


def test_an_untyped_token_is_refused_where_a_type_is_asked_for() -> None:
    logout = replace(EXPECTED, types=frozenset({"logout+jwt"}))
    assert refusal(token(typ=...), expected=logout).startswith("header: typ")
    assert verify(token(typ="logout+jwt"), expected=logout)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_algorithm_that_isnt_allowed_here_is_refused(algorithm: Algorithm) -> None:
    others = replace(EXPECTED, algorithms=ASYMMETRIC_ALGORITHMS - {algorithm})
    assert refusal(token(key=ring_key(algorithm)), expected=others).startswith("header: alg isn't one of key")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_of_another_key_is_refused(algorithm: Algorithm) -> None:
    assert refusal(token(key=stranger_key(algorithm))).startswith("signature: doesn't verify")


def test_a_public_key_taken_for_an_hmac_secret_is_refused() -> None:
    text = forge(
        {"alg": "HS256", "kid": kid_of(Algorithm.RS256), "typ": "JWT"},
        good_claims(),
        ring_key(Algorithm.HS256).sign,
    )
    assert refusal(text).startswith("header: alg")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("fill", [b"\0", b"\xff"])
def test_a_signature_of_zeros_or_ones_is_refused(algorithm: Algorithm, fill: bytes) -> None:
    length = KEYS.usable[kid_of(algorithm)].signature_bytes
    text = forge(header(algorithm), good_claims(), lambda _: fill * length)
    assert refusal(text).startswith("signature: doesn't verify")


def test_no_signature_or_one_of_another_length_is_refused() -> None:
    assert refusal(forge(header(Algorithm.ES256), good_claims(), unsigned)) == "token: not three segments"
    short = forge(header(Algorithm.ES256), good_claims(), lambda _: b"\x30" * 70)
    assert refusal(short) == "signature: wrong length"


def test_a_changed_claim_breaks_the_signature() -> None:
    first, _, last = token().split(".")
    changed = b64(as_json(good_claims(sub="repo:evil/app")))
    assert refusal(f"{first}.{changed}.{last}").startswith("signature: doesn't verify")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        "e30.e30.e30=",
        "é.e30.e30",
        "A" * (MAX_FOREIGN_LENGTH + 1),
    ],
)
def test_anything_but_one_compact_token_is_refused(text: str) -> None:
    refusal(text)
    with pytest.raises(TokenRefusedError):
        foreign_issuer_claimed(text)


def test_the_length_is_judged_before_anything_is_parsed() -> None:
    assert refusal("." * 10_000_000) == "token: 10000000 characters"


def replaced(old: bytes, new: bytes) -> bytes:
    claims = as_json(good_claims())
    assert old in claims
    return claims.replace(old, new)


CLAIM_ATTACKS = [
    pytest.param(replaced(b'"aud":', b'"aud":"evil","aud":'), "claims: duplicate", id="aud twice"),
    pytest.param(replaced(b"1800000300", b"1e400"), "claim exp: not a whole", id="exp infinite"),
    pytest.param(replaced(b"1800000300", b"NaN"), "claims: number", id="exp NaN"),
    pytest.param(b"[]", "claims: not an object", id="a list"),
    pytest.param(b"{}", "claim iss", id="no claims"),
    pytest.param({"iss": "https://evil.example"}, "claim iss", id="iss of another"),
    pytest.param({"iss": ISSUER + "/"}, "claim iss", id="iss with a slash"),
    pytest.param({"iss": ISSUER.upper()}, "claim iss", id="iss in capitals"),
    pytest.param({"iss": [ISSUER]}, "claim iss", id="iss a list"),
    pytest.param({"aud": "sts.amazonaws.com"}, "claim aud: the one", id="aud of another"),
    pytest.param({"aud": ...}, "claim aud: neither", id="no aud"),
    pytest.param({"aud": []}, "claim aud: the one", id="aud nobody"),
    pytest.param({"aud": None}, "claim aud: neither", id="aud null"),
    pytest.param({"aud": {AUDIENCE: 1}}, "claim aud: neither", id="aud an object"),
    pytest.param({"aud": [AUDIENCE, 7]}, "claim aud: neither", id="aud of mixed types"),
    pytest.param({"aud": AUDIENCE + ".evil.example"}, "claim aud: the one", id="aud that begins like ours"),
    pytest.param({"aud": [AUDIENCE, "evil"]}, "claim azp", id="several audiences without azp"),
    pytest.param({"aud": [AUDIENCE, "evil"], "azp": "evil"}, "claim azp", id="azp another of them"),
    pytest.param({"aud": [AUDIENCE] * 21}, "claim aud: the one", id="too many audiences"),
    pytest.param({"azp": "evil"}, "claim azp", id="azp of another"),
    pytest.param({"azp": None}, "claim azp", id="azp null"),
    pytest.param({"exp": ...}, "claim exp: not a whole", id="no exp"),
    pytest.param({"iat": ...}, "claim iat: not a whole", id="no iat"),
    pytest.param({"exp": str(NOW + 300)}, "claim exp: not a whole", id="exp a string"),
    pytest.param({"exp": True}, "claim exp: not a whole", id="exp a boolean"),
    pytest.param({"iat": -1}, "claim iat: not a whole", id="iat below zero"),
    pytest.param({"nbf": "x"}, "claim nbf: not a whole", id="nbf a string"),
    pytest.param({"exp": NOW + 3601}, "claim exp: 3601 seconds", id="exp far away"),
    pytest.param({"exp": NOW}, "claim exp: 0 seconds", id="no life"),
    pytest.param({"exp": NOW - 1}, "claim exp: -1 seconds", id="over before it began"),
    pytest.param({"iat": NOW + 31}, "claim iat or nbf", id="iat in the future"),
    pytest.param({"nbf": NOW + 31}, "claim iat or nbf", id="nbf in the future"),
]


@pytest.mark.parametrize(("claims", "reason"), CLAIM_ATTACKS)
def test_claims_that_dont_fit_are_refused(claims: dict[str, Any] | bytes, reason: str) -> None:
    spoilt = claims if isinstance(claims, bytes) else good_claims(**claims)
    assert refusal(token(spoilt)).startswith(reason)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [AUDIENCE]},
        {"aud": [AUDIENCE, "another"], "azp": AUDIENCE},
        {"azp": AUDIENCE},
        {"iat": NOW + 30},
        {"nbf": NOW - 600},
        {"groups": ["a"] * 100},
    ],
)
def test_what_an_issuer_is_free_to_say_is_accepted(claims: dict[str, Any]) -> None:
    assert verify(token(good_claims(**claims))) == good_claims(**claims)


@pytest.mark.parametrize(
    ("now", "good"), [(NOW + 329, True), (NOW + 330, False), (NOW - 30, True), (NOW - 31, False)]
)
def test_the_leeway_is_what_it_says_at_both_ends(now: int, *, good: bool) -> None:
    if good:
        assert verify(token(), now=now)
    else:
        refusal(token(), now=now)


def test_expired_is_said_only_of_what_was_right() -> None:
    with pytest.raises(TokenExpiredError):
        verify(token(), now=NOW + 330)
    with pytest.raises(TokenRefusedError) as caught:
        verify(token(good_claims(aud="evil")), now=NOW + 330)
    assert not isinstance(caught.value, TokenExpiredError)


def test_a_token_that_lives_long_is_refused_once_it_is_old() -> None:
    lasting = token(good_claims(exp=NOW + 3600))
    assert verify(lasting, now=NOW + 630)
    with pytest.raises(TokenExpiredError):
        verify(lasting, now=NOW + 631)


def test_an_unknown_key_is_told_apart_for_a_newer_set_may_have_it() -> None:
    with pytest.raises(TokenKeyUnknownError):
        verify(token(kid="tomorrow"))


def test_a_token_under_a_weak_key_is_refused_for_that() -> None:
    keys = foreign_keys_parse(
        key_set(
            published(Algorithm.ES256), {"kty": "RSA", "kid": "old", "n": b64(b"\xff" * 128), "e": "AQAB"}
        )
    )
    assert "1024 bits" in refusal(token(key=ring_key(Algorithm.RS256), kid="old"), keys=keys)


def test_the_claimed_issuer_is_read_without_proof() -> None:
    assert foreign_issuer_claimed(token(key=stranger_key(Algorithm.ES256))) == ISSUER
    with pytest.raises(TokenRefusedError):
        foreign_issuer_claimed(token(good_claims(iss=7)))


@pytest.mark.parametrize(
    "slip",
    [
        {"issuer": ""},
        {"audience": ""},
        {"types": frozenset()},
        {"algorithms": frozenset({Algorithm.HS256})},
        {"longest_age": 0},
        {"longest_life": 0},
        {"leeway": -1},
    ],
)
def test_a_slip_of_the_caller_lets_nothing_through(slip: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needed|age"):
        replace(EXPECTED, **slip)


@given(st.text(alphabet="eyJhbGciOiJub25lIn0.-_=", max_size=200) | st.text(max_size=50))
def test_no_text_does_anything_but_be_refused(text: str) -> None:
    refusal(text)
