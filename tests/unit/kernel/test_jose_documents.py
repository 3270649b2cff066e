"""Signed documents: the strictness of tokens, for what is long, about nobody, and lives longer."""

from collections.abc import Mapping
from typing import Any

import pytest

from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from releaseconsole.kernel.jose.claim_rules import list_of, record, text, whole
from releaseconsole.kernel.jose.documents import (
    MAX_DOCUMENT_LENGTH,
    DocumentKind,
    document_sign,
    document_verify,
)
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.kinds import MAX_TOKEN_LENGTH, PARTY_CLAIMS
from releaseconsole.kernel.jose.verification import token_verify
from signing.domain.probe_token import PROBE_TOKEN
from signing.domain.release_token import RELEASE_TOKEN
from tests.support.forge import as_json, forge
from tests.support.key_ring import ring_key, stranger_key, trusted_keys
from tests.support.tokens import APP_ID, EXPECTED, ISSUER, NOW, install_claims

DAY = 86_400
KEY = ring_key(Algorithm.ES256)
PAIRS = sorted(ASYMMETRIC_ALGORITHMS)


def windows_check(claims: Mapping[str, Any]) -> None:
    if any(key["until"] <= key["from"] for key in claims["keys"]):
        raise TokenRefusedError("claim keys: a window that ends before it begins")


BUNDLE = DocumentKind(
    typ="example+jws",
    algorithms=ASYMMETRIC_ALGORITHMS,
    required={
        **PARTY_CLAIMS,
        "version": whole(least=1),
        "keys": list_of(record({"kid": text(), "from": whole(), "until": whole()}), least=1, most=500),
    },
    optional={"revoked": list_of(text(most=64), most=500)},
    relation=windows_check,
    max_life=DAY,
)
OTHER = DocumentKind(
    typ="another+jws", algorithms=BUNDLE.algorithms, required=BUNDLE.required, max_life=BUNDLE.max_life
)


def claims_of(**changed: Any) -> dict[str, Any]:
    claims = {
        "iss": ISSUER,
        "aud": APP_ID,
        "iat": NOW,
        "exp": NOW + DAY,
        "version": 3,
        "keys": [{"kid": "one", "from": NOW, "until": NOW + 30 * DAY}],
    } | changed
    return {name: value for name, value in claims.items() if value is not ...}


def forged(algorithm: Algorithm = Algorithm.ES256, **changed: Any) -> str:
    key = ring_key(algorithm)
    return forge(key.header(BUNDLE.typ), claims_of(**changed), key.sign)


def verify(text: str, **changed: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"issuer": ISSUER, "audience": APP_ID, "now": NOW} | changed
    return document_verify(text, kind=BUNDLE, keys=trusted_keys(), **asked)


def refusal(text: str, **changed: Any) -> str:
    with pytest.raises(TokenRefusedError) as caught:
        verify(text, **changed)
    assert caught.value.message == "The token isn't valid."
    return caught.value.reason


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_signed_document_gives_its_claims(algorithm: Algorithm) -> None:
    signer = ring_key(algorithm).signer(BUNDLE.typ)
    text = document_sign(signer, kind=BUNDLE, claims=claims_of(revoked=["gone"]))
    assert verify(text) == claims_of(revoked=["gone"])


def test_a_document_may_be_longer_than_a_token_but_not_without_end() -> None:
    many = [{"kid": f"key-{number}", "from": NOW, "until": NOW + 1} for number in range(300)]
    text = document_sign(KEY.signer(BUNDLE.typ), kind=BUNDLE, claims=claims_of(keys=many))
    assert MAX_TOKEN_LENGTH < len(text) < MAX_DOCUMENT_LENGTH
    assert verify(text)["keys"] == many
    long = [{"kid": f"key-{number}" + "k" * 200, "from": NOW, "until": NOW + 1} for number in range(300)]
    assert refusal(forged(keys=long)).startswith("token: ")
    with pytest.raises(TokenRefusedError):
        document_sign(KEY.signer(BUNDLE.typ), kind=BUNDLE, claims=claims_of(keys=long))
    assert refusal("." * 10_000_000) == "token: 10000000 characters"


# For the reader to judge: who it expects, and when it reads.
WRONG_FOR_THIS_READER = [
    pytest.param({"iss": "https://evil.example"}, "claim iss: not the one", id="iss of another"),
    pytest.param({"aud": "com.example.evil"}, "claim aud: not the one", id="aud of another"),
    pytest.param({"iat": NOW + 61}, "claim iat or nbf: in the", id="iat in the future"),
]
WRONG_CLAIMS = [
    pytest.param({"aud": [APP_ID]}, "claim aud: not a string", id="aud a list"),
    pytest.param({"sub": "device"}, "a claim that example+jws", id="about a device"),
    pytest.param({"jti": "h2e9GCH31Q3OQgvqTNhKCA"}, "a claim that example+jws", id="jti"),
    pytest.param({"version": 0}, "claim version: out of", id="version 0"),
    pytest.param({"version": "3"}, "claim version: not a whole", id="version a string"),
    pytest.param({"version": ...}, "claims missing: version", id="no version"),
    pytest.param({"keys": []}, "claim keys: 0 items", id="no keys"),
    pytest.param(
        {"keys": [{"kid": "one", "from": 2, "until": 1}]}, "claim keys: a window", id="relation broken"
    ),
    pytest.param({"revoked": None}, "claim revoked: not a list", id="revoked null"),
    pytest.param({"exp": NOW + DAY + 1}, "claim exp: 86401", id="a second too long"),
    pytest.param({"exp": NOW + 365 * DAY}, "claim exp: 31536000", id="a year"),
    pytest.param({"exp": NOW}, "claim exp: 0", id="no life"),
    pytest.param({"exp": float(NOW + DAY)}, "claim exp: not a whole", id="exp a float"),
    pytest.param({"exp": True}, "claim exp: not a whole", id="exp a boolean"),
    pytest.param({"exp": ...}, "claims missing: exp", id="no exp"),
    pytest.param({"nbf": NOW}, "a claim that example+jws", id="nbf"),
]


@pytest.mark.parametrize(("changed", "reason"), WRONG_CLAIMS + WRONG_FOR_THIS_READER)
def test_a_wrong_claim_is_refused(changed: dict[str, Any], reason: str) -> None:
    assert refusal(forged(**changed)).startswith(reason)


def test_times_are_judged_as_for_tokens() -> None:
    assert verify(forged(), now=NOW - 60)
    assert refusal(forged(), now=NOW - 61) == "claim iat or nbf: in the future"
    assert verify(forged(), now=NOW + DAY - 1)
    with pytest.raises(TokenExpiredError):
        verify(forged(), now=NOW + DAY)


@pytest.mark.parametrize("name", ["issuer", "audience"])
def test_nothing_may_be_left_open(name: str) -> None:
    assert refusal(forged(), **{name: None}).startswith("claim ")


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "another+jws"},
        {"typ": "release+jwt"},
        {"typ": "EXAMPLE+JWS"},
        {"typ": ...},
        {"kid": ...},
        {"kid": "unknown"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"jwk": KEY.private.public_jwk()},
        {"jku": "https://evil.example"},
        {"crit": ["exp"]},
        {"cty": "JWT"},
        {"zip": "DEF"},
    ],
    ids=str,
)
def test_a_header_other_than_ours_is_refused(header: dict[str, Any]) -> None:
    token = forge(KEY.header(BUNDLE.typ, **header), claims_of(), KEY.sign)
    assert refusal(token).startswith("header: ")


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_signature_of_another_key_is_refused(algorithm: Algorithm) -> None:
    header = ring_key(algorithm).header(BUNDLE.typ)
    assert refusal(forge(header, claims_of(), stranger_key(algorithm).sign)).startswith("signature: doesn't")
    assert refusal(forge(header, claims_of(), lambda _: b"")).startswith("token: not three")


def test_an_algorithm_that_the_kind_does_not_have_is_refused() -> None:
    assert refusal(forged(Algorithm.HS256)) == "header: HS256 doesn't sign example+jws"


def test_a_member_twice_is_refused() -> None:
    twice = as_json(claims_of()).replace(b'"version":', b'"version":9,"version":')
    assert refusal(forge(KEY.header(BUNDLE.typ), twice, KEY.sign)) == "claims: duplicate member"
    inner = as_json(claims_of()).replace(b'"kid":', b'"kid":"evil","kid":')
    assert refusal(forge(KEY.header(BUNDLE.typ), inner, KEY.sign)) == "claims: duplicate member"


def test_no_document_passes_for_another_nor_for_a_token() -> None:
    text = forged()
    with pytest.raises(TokenRefusedError):
        document_verify(text, kind=OTHER, keys=trusted_keys(), issuer=ISSUER, audience=APP_ID, now=NOW)
    for kind in (RELEASE_TOKEN, PROBE_TOKEN):
        with pytest.raises(TokenRefusedError):
            token_verify(text, kind=kind, keys=trusted_keys(), expected=EXPECTED, now=NOW)
    token = forge(KEY.header("release+jwt"), install_claims(), KEY.sign)
    assert refusal(token) == "header: typ isn't example+jws"


@pytest.mark.parametrize(("changed", "reason"), WRONG_CLAIMS)
def test_what_a_reader_would_refuse_is_not_signed(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(TokenRefusedError) as caught:
        document_sign(KEY.signer(BUNDLE.typ), kind=BUNDLE, claims=claims_of(**changed))
    assert caught.value.reason.startswith(reason)


def test_a_kind_says_what_every_document_needs() -> None:
    with pytest.raises(ValueError, match="every document"):
        DocumentKind(typ="x+jws", algorithms=BUNDLE.algorithms, required={"iss": text()}, max_life=1)
    with pytest.raises(ValueError, match=r"\+jws"):
        DocumentKind(typ="release+jwt", algorithms=BUNDLE.algorithms, required=PARTY_CLAIMS, max_life=1)
