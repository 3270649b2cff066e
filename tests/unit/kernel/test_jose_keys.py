import copy
import pickle
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.key_families import private_key_generate, private_key_load
from releaseconsole.kernel.jose.public_keys import public_key_import
from releaseconsole.kernel.jose.thumbprints import thumbprint

KEY = ES256Key.generate()
JWK = KEY.public_jwk()


def pkcs8(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def spki(key: ES256Key, encoding: Encoding) -> bytes:
    return key._key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_generated_key_comes_back_from_its_material(algorithm: Algorithm) -> None:
    key = private_key_generate(algorithm)
    again = private_key_load(algorithm, key.material())
    assert again.algorithm is algorithm
    assert again.material() == key.material()
    assert again.public_jwk() == key.public_jwk()


def test_two_generated_keys_differ() -> None:
    assert ES256Key.generate().material() != ES256Key.generate().material()
    assert HS256Key.generate().material() != HS256Key.generate().material()


def test_public_jwk_names_its_one_algorithm_and_its_thumbprint() -> None:
    assert (JWK["kty"], JWK["crv"], JWK["alg"], JWK["use"]) == ("EC", "P-256", "ES256", "sig")
    assert JWK["kid"] == thumbprint(JWK)
    assert "d" not in JWK


@pytest.mark.parametrize(
    "material",
    [
        pytest.param(pkcs8(ec.generate_private_key(ec.SECP384R1())), id="P-384"),
        pytest.param(pkcs8(ec.generate_private_key(ec.SECP256K1())), id="secp256k1"),
        pytest.param(pkcs8(ed25519.Ed25519PrivateKey.generate()), id="Ed25519"),
        pytest.param(pkcs8(rsa.generate_private_key(65537, 2048)), id="RSA"),
        pytest.param(HS256Key.generate().material(), id="HMAC secret"),
        pytest.param(KEY.material()[:-1], id="cut short"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_es256_refuses_what_is_no_p256_key(material: bytes) -> None:
    with pytest.raises(KeyRefusedError):
        ES256Key.load(material)


@pytest.mark.parametrize(
    "material",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"k", id="one byte"),
        pytest.param(b"k" * 31, id="one byte short of the hash"),
        pytest.param(spki(KEY, Encoding.PEM), id="public key in PEM"),
        pytest.param(spki(KEY, Encoding.DER), id="public key in DER"),
        pytest.param(str(JWK).encode(), id="public key as JWK"),
    ],
)
def test_hs256_refuses_a_weak_secret_and_a_public_key(material: bytes) -> None:
    with pytest.raises(KeyRefusedError):
        HS256Key.load(material)


@pytest.mark.parametrize("first", [b"{", b" {", b"-", b"\0"])
def test_hs256_takes_any_random_bytes_of_the_right_length(first: bytes) -> None:
    assert HS256Key.load(first.ljust(32, b"k")).algorithm is Algorithm.HS256


def test_a_published_key_is_imported_for_the_algorithm_it_names() -> None:
    key = public_key_import(JWK)
    assert (key.kid, key.algorithm, key.signature_bytes) == (JWK["kid"], Algorithm.ES256, 64)


OTHER = ES256Key.generate().public_jwk()


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"kid": OTHER["kid"]}, id="kid of another key"),
        pytest.param({"kid": "../../etc/passwd"}, id="kid that is a path"),
        pytest.param({"alg": "HS256"}, id="another algorithm"),
        pytest.param({"alg": "none"}, id="no algorithm"),
        pytest.param({"crv": "P-384"}, id="another curve"),
        pytest.param({"kty": "oct"}, id="symmetric"),
        pytest.param({"use": "enc"}, id="for encryption"),
        pytest.param({"x": OTHER["x"]}, id="x of another key"),
        pytest.param({"d": "AAAA"}, id="private member"),
        pytest.param({"k": "AAAA"}, id="secret"),
        pytest.param({"x5u": "https://evil.example"}, id="pointer to a certificate"),
        pytest.param({"key_ops": ["verify"]}, id="member that isn't published"),
        pytest.param({"x": ["a"]}, id="member that isn't a string"),
    ],
)
def test_a_public_key_that_differs_from_what_is_published_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(KeyRefusedError):
        public_key_import({**JWK, **changed})


@pytest.mark.parametrize("member", sorted(JWK))
def test_a_public_key_without_one_of_its_members_is_refused(member: str) -> None:
    with pytest.raises(KeyRefusedError):
        public_key_import({name: value for name, value in JWK.items() if name != member})


@pytest.mark.parametrize(
    "x",
    [
        pytest.param(JWK["x"] + "=", id="padded"),
        pytest.param(JWK["x"][:40], id="short"),
        pytest.param("AAAA" + JWK["x"], id="long"),
        pytest.param(JWK["x"][:-1] + "B", id="trailing bits"),
        pytest.param("_" * 42 + "8", id="not on the curve"),
    ],
)
def test_a_malformed_coordinate_is_refused_even_under_its_own_thumbprint(x: str) -> None:
    jwk = {**JWK, "x": x}
    with pytest.raises(KeyRefusedError):
        public_key_import({**jwk, "kid": thumbprint(jwk)})


@pytest.mark.parametrize("key", [KEY, HS256Key.generate()], ids=["ES256", "HS256"])
def test_a_private_key_is_neither_printed_nor_copied_nor_pickled(key: ES256Key | HS256Key) -> None:
    assert repr(key) == f"<{type(key).__name__} {key.algorithm.value}>"
    assert not hasattr(key, "__dict__")
    for escape in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="stays in the memory"):
            escape(key)


def test_a_verification_key_shows_its_name_and_is_not_pickled() -> None:
    key = HS256Key.generate().verification_key("a-kid")
    assert repr(key) == "<VerificationKey HS256 a-kid>"
    with pytest.raises(TypeError, match="isn't pickled"):
        pickle.dumps(key)
