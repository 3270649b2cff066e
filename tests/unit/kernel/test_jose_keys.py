import copy
import pickle
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.ed25519_keys import Ed25519Key
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.key_families import private_key_load
from releaseconsole.kernel.jose.thumbprints import thumbprint
from tests.support.key_ring import ring_key, stranger_key

KEY = ES256Key.generate()
JWK = KEY.public_jwk()
PAIRS = sorted(ASYMMETRIC_ALGORITHMS)


def pkcs8(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def spki(key: ES256Key | Ed25519Key, encoding: Encoding) -> bytes:
    return key._key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def jwk_of(algorithm: Algorithm) -> dict[str, str]:
    jwk = ring_key(algorithm).private.public_jwk()
    assert jwk is not None
    return jwk


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_generated_key_comes_back_from_its_material(algorithm: Algorithm) -> None:
    key = ring_key(algorithm).private
    again = private_key_load(algorithm, key.material())
    assert again.algorithm is algorithm
    assert again.material() == key.material()
    assert again.public_jwk() == key.public_jwk()


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_two_generated_keys_differ(algorithm: Algorithm) -> None:
    assert ring_key(algorithm).private.material() != stranger_key(algorithm).private.material()


@pytest.mark.parametrize(
    ("algorithm", "form"),
    [
        pytest.param(Algorithm.ES256, {"kty": "EC", "crv": "P-256"}, id="ES256"),
        pytest.param(Algorithm.ES384, {"kty": "EC", "crv": "P-384"}, id="ES384"),
        pytest.param(Algorithm.ED25519, {"kty": "OKP", "crv": "Ed25519"}, id="Ed25519"),
        pytest.param(Algorithm.RS256, {"kty": "RSA", "e": "AQAB"}, id="RS256"),
        pytest.param(Algorithm.PS256, {"kty": "RSA", "e": "AQAB"}, id="PS256"),
    ],
)
def test_public_jwk_names_its_one_algorithm_and_its_thumbprint(
    algorithm: Algorithm, form: dict[str, str]
) -> None:
    jwk = jwk_of(algorithm)
    assert jwk | form | {"alg": algorithm.value, "use": "sig", "kid": thumbprint(jwk)} == jwk
    assert not jwk.keys() & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def test_a_generated_rsa_key_has_3072_bits() -> None:
    assert ring_key(Algorithm.RS256).verification_key.signature_bytes == 384


NOT_P256 = [
    pytest.param(pkcs8(ec.generate_private_key(ec.SECP384R1())), id="P-384"),
    pytest.param(pkcs8(ec.generate_private_key(ec.SECP256K1())), id="secp256k1"),
    pytest.param(pkcs8(ed25519.Ed25519PrivateKey.generate()), id="Ed25519"),
    pytest.param(pkcs8(rsa.generate_private_key(65537, 2048)), id="RSA"),
    pytest.param(HS256Key.generate().material(), id="HMAC secret"),
    pytest.param(KEY.material()[:-1], id="cut short"),
    pytest.param(b"", id="nothing"),
]


@pytest.mark.parametrize("material", NOT_P256)
def test_es256_refuses_what_is_no_p256_key(material: bytes) -> None:
    with pytest.raises(KeyRefusedError):
        ES256Key.load(material)


# RSA's twins are told apart by the row, the JWK and the kid, not by the numbers.
TWINS = {Algorithm.RS256, Algorithm.PS256}
FOREIGN = [(of, wanted) for of in PAIRS for wanted in Algorithm if of is not wanted and {of, wanted} != TWINS]


@pytest.mark.parametrize(("of", "wanted"), FOREIGN)
def test_a_key_serves_no_other_algorithm(of: Algorithm, wanted: Algorithm) -> None:
    with pytest.raises(KeyRefusedError):
        private_key_load(wanted, ring_key(of).private.material())


@pytest.mark.parametrize("material", [ed448.Ed448PrivateKey, x25519.X25519PrivateKey])
def test_ed25519_refuses_its_relatives(material: Any) -> None:
    with pytest.raises(KeyRefusedError):
        Ed25519Key.load(pkcs8(material.generate()))


ED25519 = Ed25519Key.generate()


@pytest.mark.parametrize(
    "material",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"k", id="one byte"),
        pytest.param(bytes(range(100, 131)), id="one byte short of the hash"),
        pytest.param(HS256Key.generate().material() * 3, id="longer than a block"),
        pytest.param(spki(KEY, Encoding.PEM), id="public key in PEM"),
        pytest.param(spki(KEY, Encoding.DER), id="public key in DER"),
        pytest.param(str(JWK).encode(), id="public key as JWK"),
        pytest.param(spki(ED25519, Encoding.DER), id="Ed25519 public key in DER: 44 bytes"),
        pytest.param(ED25519.material(), id="Ed25519 private key in DER: 48 bytes"),
        pytest.param(spki(ED25519, Encoding.PEM)[:64], id="start of a PEM"),
        pytest.param(b"k" * 32, id="one byte over and over"),
        pytest.param(bytes(32), id="zeros"),
        pytest.param(bytes(range(32)), id="counted up"),
        pytest.param(bytes(range(255, 191, -1)), id="counted down"),
        pytest.param(b"0123456789abcdef" * 2, id="a pattern twice"),
        pytest.param(b"0123456789abcdef0123456789abcdef01234", id="a pattern twice and a bit"),
        pytest.param(b"correctcorrectcorrect-correctcorrect", id="few different bytes"),
    ],
)
def test_hs256_refuses_a_weak_secret_and_a_public_key(material: bytes) -> None:
    with pytest.raises(KeyRefusedError):
        HS256Key.load(material)


@pytest.mark.parametrize("first", [b"{", b" {", b"-", b"\0", b"0", b"\x30\x2a"])
def test_hs256_takes_any_random_bytes_of_the_right_length(first: bytes) -> None:
    secret = first + HS256Key.generate().material()[len(first) :]
    assert HS256Key.load(secret).algorithm is Algorithm.HS256


def test_hs256_takes_random_hex() -> None:
    assert HS256Key.load(b"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08").sign(b"")


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_private_key_is_neither_printed_nor_copied_nor_pickled(algorithm: Algorithm) -> None:
    key = ring_key(algorithm).private
    assert repr(key) == f"<{algorithm.value}Key {algorithm.value}>"
    assert not hasattr(key, "__dict__")
    for escape in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="stays in the memory"):
            escape(key)


def test_a_verification_key_shows_its_name_and_is_not_pickled() -> None:
    key = HS256Key.generate().verification_key("a-kid")
    assert repr(key) == "<VerificationKey HS256 a-kid>"
    with pytest.raises(TypeError, match="isn't pickled"):
        pickle.dumps(key)


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_key_is_known_by_no_other_name_than_its_own(algorithm: Algorithm) -> None:
    with pytest.raises(KeyRefusedError):
        ring_key(algorithm).private.verification_key(stranger_key(algorithm).kid)
