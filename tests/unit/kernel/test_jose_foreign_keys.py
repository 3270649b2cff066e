"""What a foreign issuer publishes as its keys: sets that are refused, and keys that are put aside."""

import json
from typing import Any

import pytest

from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from releaseconsole.kernel.jose.errors import KeySetRefusedError
from releaseconsole.kernel.jose.foreign_keys import MAX_SET_BYTES, foreign_keys_parse
from tests.support.forge import b64
from tests.support.key_ring import ring_key


def jwk(algorithm: Algorithm, **changed: Any) -> dict[str, Any]:
    members = {**(ring_key(algorithm).private.public_jwk() or {})} | changed
    return {name: value for name, value in members.items() if value is not ...}


GOOD = jwk(Algorithm.ES256, kid="good")


def parse(*entries: Any) -> Any:
    return foreign_keys_parse(json.dumps({"keys": list(entries)}).encode())


def refusal(document: bytes) -> str:
    with pytest.raises(KeySetRefusedError) as caught:
        foreign_keys_parse(document)
    assert str(caught.value) == "The issuer's keys can't be used."
    return caught.value.reason


@pytest.mark.parametrize("algorithm", sorted(ASYMMETRIC_ALGORITHMS))
def test_a_key_is_for_the_algorithm_that_its_owner_names(algorithm: Algorithm) -> None:
    assert parse(jwk(algorithm, kid="k")).usable["k"].algorithms == {algorithm}


@pytest.mark.parametrize(
    ("algorithm", "able"),
    [
        (Algorithm.RS256, {Algorithm.RS256, Algorithm.PS256}),
        (Algorithm.ES256, {Algorithm.ES256}),
        (Algorithm.ES384, {Algorithm.ES384}),
        (Algorithm.ED25519, {Algorithm.ED25519}),
    ],
)
def test_a_key_whose_owner_names_none_is_for_those_of_its_type(
    algorithm: Algorithm, able: set[Algorithm]
) -> None:
    assert parse(jwk(algorithm, kid="k", alg=..., use=...)).usable["k"].algorithms == able


def test_further_members_are_passed_over() -> None:
    assert parse({**GOOD, "x5c": ["MIIB"], "x5u": "https://evil.example", "x5t": "A", "ext": True}).usable


PUT_ASIDE = [
    pytest.param({"kty": "RSA", "n": b64(b"\xff" * 128), "e": "AQAB"}, "1024 bits", id="RSA-1024"),
    pytest.param(jwk(Algorithm.RS256, e="Aw"), "exponent", id="exponent of three"),
    pytest.param(jwk(Algorithm.RS256, n=b64(b"\xfe" * 256)), "tiny factor", id="an even modulus"),
    pytest.param(jwk(Algorithm.RS256, n=...), "missing", id="no modulus"),
    pytest.param(jwk(Algorithm.ES256, x="AAAA"), "32 bytes", id="a short coordinate"),
    pytest.param(jwk(Algorithm.ES256, y=b64(b"\1" * 32)), "isn't on", id="a point off the curve"),
    pytest.param(jwk(Algorithm.ES256, crv="P-521"), "type", id="a curve that isn't known here"),
    pytest.param(jwk(Algorithm.ES256, crv=["P-256"]), "type", id="a curve that is a list"),
    pytest.param(jwk(Algorithm.ES256, kty="AKP"), "type", id="another type"),
    pytest.param(jwk(Algorithm.ED25519, x=b64(b"\1" + b"\0" * 31)), "low order", id="a point of low order"),
    pytest.param(jwk(Algorithm.ED25519, crv="X25519"), "type", id="a curve for key agreement"),
    pytest.param(jwk(Algorithm.RS256, alg="HS256"), "alg", id="an alg of another type"),
    pytest.param(jwk(Algorithm.RS256, alg="RSA-OAEP"), "alg", id="an alg for encryption"),
    pytest.param(jwk(Algorithm.ES256, alg="ES384"), "alg", id="an alg of another curve"),
    pytest.param(jwk(Algorithm.ES256, alg=None), "alg", id="alg null"),
    pytest.param(jwk(Algorithm.ES256, key_ops=["encrypt"]), "key_ops", id="other operations"),
    pytest.param(jwk(Algorithm.ES256, key_ops="verify"), "key_ops", id="operations not in a list"),
]


@pytest.mark.parametrize(("entry", "why"), PUT_ASIDE)
def test_a_key_that_cant_be_used_is_put_aside_with_the_reason(entry: dict[str, Any], why: str) -> None:
    keys = parse(GOOD, {**entry, "kid": "bad"})
    assert set(keys.usable) == {"good"}
    assert why in keys.refused["bad"]
    assert why in refusal(json.dumps({"keys": [{**entry, "kid": "bad"}]}).encode())


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(jwk(Algorithm.RS256, use="enc", kid="other"), id="for encryption"),
        pytest.param(jwk(Algorithm.RS256, kid=...), id="without a name"),
        pytest.param(jwk(Algorithm.RS256, kid=7), id="with a number for a name"),
        pytest.param(jwk(Algorithm.RS256, kid="k" * 257), id="with too long a name"),
    ],
)
def test_a_key_that_no_token_can_ask_for_isnt_looked_at(entry: dict[str, Any]) -> None:
    keys = parse(GOOD, entry)
    assert (set(keys.usable), keys.refused) == ({"good"}, {})


SETS = [
    pytest.param({"keys": [GOOD, {"kty": "oct", "kid": "s", "k": "AAAA"}]}, "symmetric", id="a secret"),
    pytest.param({"keys": [GOOD, {"kty": "oct", "kid": "s"}]}, "symmetric", id="a secret without its value"),
    pytest.param({"keys": [{**GOOD, "d": "AAAA"}]}, "private", id="a private key"),
    pytest.param(
        {"keys": [GOOD, {"kty": "RSA", "use": "enc", "p": "AAAA"}]}, "private", id="a private encryption key"
    ),
    pytest.param({"keys": [GOOD, GOOD]}, "a kid twice", id="a kid twice"),
    pytest.param({"keys": []}, "no key", id="no key"),
    pytest.param({"keys": {}}, "keys isn't", id="keys an object"),
    pytest.param({}, "keys isn't", id="no keys"),
    pytest.param({"keys": [7]}, "a key isn't", id="a key that is a number"),
    pytest.param({"keys": [{**GOOD, "kid": str(n)} for n in range(101)]}, "keys isn't", id="too many"),
]


@pytest.mark.parametrize(("document", "reason"), SETS)
def test_a_set_that_isnt_what_it_should_be_is_refused_as_a_whole(document: Any, reason: str) -> None:
    assert reason in refusal(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<html>", "JWK Set: not JSON"),
        (b"[]", "JWK Set: not an object"),
        (b"\xff", "JWK Set: not JSON"),
        (b'{"keys":[],"keys":[]}', "JWK Set: duplicate member"),
        (b" " * (MAX_SET_BYTES + 1), f"{MAX_SET_BYTES + 1} bytes"),
    ],
)
def test_what_isnt_a_set_at_all_is_refused(document: bytes, reason: str) -> None:
    assert refusal(document).startswith(reason)
