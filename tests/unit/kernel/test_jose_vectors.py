"""Published examples: RFC 7515, 7517, 7520, 7638 and 8037 (`tests/vectors/`).

Their headers have no `typ`, and mostly no `kid`, so they are checked where signatures and keys are; what the
strict verifier makes of them as they stand is a refusal each time.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.compact import signature_check
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.ed25519_keys import Ed25519Key
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.headers import header_parse
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.public_keys import VerificationKey, public_key_import
from releaseconsole.kernel.jose.thumbprints import thumbprint
from releaseconsole.kernel.jose.verification import token_verify
from signing.domain.probe_token import PROBE_TOKEN
from tests.support.tokens import EXPECTED


def vectors(name: str) -> dict[str, Any]:
    path = Path(__file__).parents[2] / "vectors" / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


RFC7515, RFC7517, RFC7520 = vectors("rfc7515"), vectors("rfc7517"), vectors("rfc7520")
RFC7638, RFC8037 = vectors("rfc7638"), vectors("rfc8037")
EXAMPLES = {f"rfc7515 {name}": RFC7515[name] for name in ("a1", "a2", "a3")} | {
    f"rfc7520 {section}": RFC7520[section] for section in ("4.1", "4.4")
}


def published(jwk: dict[str, Any], alg: str) -> dict[str, Any]:
    """Dress a key of the examples as the console publishes its own."""
    members: dict[str, Any] = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    return {**members, "alg": alg, "use": "sig", "kid": thumbprint(members)}


def key_of(example: dict[str, Any]) -> VerificationKey:
    jwk = example["jwk"]
    if jwk["kty"] == "oct":
        return HS256Key(b64url_decode(jwk["k"])).verification_key("an-example")
    return public_key_import(published(jwk, example["alg"]))


def altered(compact: str) -> str:
    head, payload, signature = compact.split(".")
    return f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def strictly(text: str, keys: dict[str, VerificationKey]) -> None:
    token_verify(text, kind=PROBE_TOKEN, keys=keys, expected=EXPECTED, now=0)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_signature_of_an_example_verifies_and_an_altered_one_does_not(name: str) -> None:
    example = EXAMPLES[name]
    signature_check(example["compact"], key_of(example))
    with pytest.raises(TokenRefusedError):
        signature_check(altered(example["compact"]), key_of(example))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_verifies_with_no_other_examples_key(name: str) -> None:
    for other, example in EXAMPLES.items():
        if other != name:
            with pytest.raises(TokenRefusedError):
                signature_check(EXAMPLES[name]["compact"], key_of(example))


@pytest.mark.parametrize("name", EXAMPLES)
def test_headers_of_the_examples_are_too_loose_for_a_token_of_ours(name: str) -> None:
    key = key_of(EXAMPLES[name])
    with pytest.raises(TokenRefusedError) as caught:
        strictly(EXAMPLES[name]["compact"], {key.kid: key})
    assert caught.value.reason == "header: members other than alg, kid and typ"


@pytest.mark.parametrize("name", ["a1", "rfc7520"])
def test_our_hmac_makes_the_tag_of_the_example(name: str) -> None:
    example = RFC7515["a1"] if name == "a1" else RFC7520["4.4"]
    signing_input, _, tag = example["compact"].rpartition(".")
    secret = HS256Key(b64url_decode(example["jwk"]["k"]))
    assert secret.sign(signing_input.encode()) == b64url_decode(tag)


def test_our_public_key_is_that_of_the_private_key_in_rfc7515_a3() -> None:
    scalar = int.from_bytes(b64url_decode(RFC7515["a3"]["d"]), "big")
    jwk = ES256Key(ec.derive_private_key(scalar, ec.SECP256R1())).public_jwk()
    assert jwk | RFC7515["a3"]["jwk"] == jwk


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(RFC7515["a5"]["compact"], id="7515 A.5, unsecured"),
        pytest.param(json.dumps(RFC7515["a6"]), id="7515 A.6, general JSON"),
        pytest.param(json.dumps(RFC7515["a7"]), id="7515 A.7, flattened JSON"),
        *(
            pytest.param(json.dumps(RFC7520[section][form]), id=f"7520 {section}, {form} JSON")
            for section in ("4.1", "4.2", "4.3", "4.4")
            for form in ("general", "flattened")
        ),
    ],
)
def test_only_the_signed_compact_form_is_known(text: str) -> None:
    keys = {key.kid: key for key in map(key_of, EXAMPLES.values())}
    with pytest.raises(TokenRefusedError) as caught:
        strictly(text, keys)
    assert caught.value.reason == "token: not three segments"


@pytest.mark.parametrize("section", ["4.2", "4.3"])
def test_algorithms_that_the_console_does_not_have_are_refused(section: str) -> None:
    """PS384 and ES512: neither their keys under that name, nor their tokens under a name that is known."""
    example = RFC7520[section]
    with pytest.raises(KeyRefusedError):
        public_key_import(published(example["jwk"], example["alg"]))
    with pytest.raises(TokenRefusedError):
        signature_check(example["compact"], key_of(RFC7520["4.1"]))
    with pytest.raises(KeyRefusedError):
        public_key_import(published(example["jwk"], "ES384"))


@pytest.mark.parametrize("jwk", RFC7517["public"], ids=["EC", "RSA"])
def test_public_keys_of_rfc7517_are_imported_only_in_the_form_that_is_published(jwk: dict[str, Any]) -> None:
    with pytest.raises(KeyRefusedError):
        public_key_import(jwk)
    algorithm = Algorithm.ES256 if jwk["kty"] == "EC" else Algorithm.PS256
    assert public_key_import(published(jwk, algorithm.value)).algorithm is algorithm


@pytest.mark.parametrize("jwk", RFC7517["symmetric"], ids=["AES", "HMAC"])
def test_symmetric_keys_of_rfc7517_are_no_public_keys_and_have_no_thumbprint(jwk: dict[str, Any]) -> None:
    for refuse in (public_key_import, thumbprint):
        with pytest.raises(KeyRefusedError):
            refuse(jwk)


def test_the_aes_key_of_rfc7517_is_too_short_for_hmac() -> None:
    with pytest.raises(KeyRefusedError):
        HS256Key(b64url_decode(RFC7517["symmetric"][0]["k"]))


@pytest.mark.parametrize("example", [RFC7638, RFC8037], ids=["RSA, RFC 7638 3.1", "Ed25519, RFC 8037 A.3"])
def test_thumbprints_are_the_published_ones(example: dict[str, Any]) -> None:
    assert thumbprint(example["jwk"]) == example["thumbprint"]


def rfc8037_key() -> Ed25519Key:
    return Ed25519Key(ed25519.Ed25519PrivateKey.from_private_bytes(b64url_decode(RFC8037["d"])))


def test_our_ed25519_makes_the_key_and_the_signature_of_rfc8037() -> None:
    key = rfc8037_key()
    assert key.public_members() == RFC8037["jwk"]
    signing_input, _, signature = RFC8037["compact"].rpartition(".")
    assert key.sign(signing_input.encode()) == b64url_decode(signature)


def test_the_old_name_of_ed25519_is_refused_even_with_the_right_signature() -> None:
    key = rfc8037_key().verification_key(RFC8037["thumbprint"])
    with pytest.raises(TokenRefusedError):
        header_parse(RFC8037["compact"].split(".", maxsplit=1)[0])
    with pytest.raises(TokenRefusedError):
        signature_check(RFC8037["compact"], key)
    with pytest.raises(KeyRefusedError):
        public_key_import(published(RFC8037["jwk"], "EdDSA"))
