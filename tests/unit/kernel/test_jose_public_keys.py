"""What a public key must look like before anything is verified with it."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.edwards import point_check
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.public_keys import public_key_import
from releaseconsole.kernel.jose.thumbprints import thumbprint
from tests.support.key_ring import ring_key, stranger_key
from tests.support.odd_points import shifted_point

PAIRS = sorted(ASYMMETRIC_ALGORITHMS)
WIDTHS = {
    Algorithm.ES256: 64,
    Algorithm.ES384: 96,
    Algorithm.ED25519: 64,
    Algorithm.RS256: 384,
    Algorithm.PS256: 384,
}


def jwk_of(algorithm: Algorithm) -> dict[str, str]:
    jwk = ring_key(algorithm).private.public_jwk()
    assert jwk is not None
    return jwk


NUMBERS = [(algorithm, name) for algorithm in PAIRS for name in jwk_of(algorithm).keys() & set("xyne")]


def refusal(jwk: dict[str, Any]) -> str:
    with pytest.raises(KeyRefusedError) as caught:
        public_key_import(jwk)
    return caught.value.message


def renamed(jwk: dict[str, str]) -> dict[str, str]:
    """Give a spoilt key its own thumbprint, so that the kid isn't what it is refused for."""
    return {**jwk, "kid": thumbprint(jwk)}


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_published_key_is_imported_for_the_algorithm_it_names(algorithm: Algorithm) -> None:
    jwk = jwk_of(algorithm)
    key = public_key_import(jwk)
    assert (key.kid, key.algorithm, key.signature_bytes) == (jwk["kid"], algorithm, WIDTHS[algorithm])


CHANGES = [
    pytest.param({"kid": ES256Key.generate().public_jwk()["kid"]}, id="kid of another key"),
    pytest.param({"kid": "../../etc/passwd"}, id="kid that is a path"),
    pytest.param({"alg": "HS256"}, id="symmetric algorithm"),
    pytest.param({"alg": "none"}, id="no algorithm"),
    pytest.param({"alg": "EdDSA"}, id="EdDSA"),
    pytest.param({"alg": "ES512"}, id="algorithm the console doesn't have"),
    pytest.param({"alg": ["ES256"]}, id="list of algorithms"),
    pytest.param({"crv": "P-521"}, id="another curve"),
    pytest.param({"crv": "secp256k1"}, id="a curve of coins"),
    pytest.param({"crv": "X25519"}, id="a curve for key agreement"),
    pytest.param({"kty": "oct"}, id="symmetric"),
    pytest.param({"kty": "AKP"}, id="post-quantum"),
    pytest.param({"use": "enc"}, id="for encryption"),
    pytest.param({"d": "AAAA"}, id="private member"),
    pytest.param({"p": "AAAA"}, id="prime factor"),
    pytest.param({"k": "AAAA"}, id="secret"),
    pytest.param({"x5u": "https://evil.example"}, id="pointer to a certificate"),
    pytest.param({"x5c": ["MIIB"]}, id="certificate"),
    pytest.param({"key_ops": ["verify"]}, id="member that isn't published"),
    pytest.param({"kty": ["EC"]}, id="member that isn't a string"),
]


@pytest.mark.parametrize("algorithm", PAIRS)
@pytest.mark.parametrize("changed", CHANGES)
def test_a_public_key_that_differs_from_what_is_published_is_refused(
    algorithm: Algorithm, changed: dict[str, Any]
) -> None:
    refusal({**jwk_of(algorithm), **changed})


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_public_key_without_one_of_its_members_is_refused(algorithm: Algorithm) -> None:
    jwk = jwk_of(algorithm)
    for member in jwk:
        refusal({name: value for name, value in jwk.items() if name != member})


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_public_key_is_not_imported_for_an_algorithm_of_another_type(algorithm: Algorithm) -> None:
    for other in PAIRS:
        if other is not algorithm and {algorithm, other} != {Algorithm.RS256, Algorithm.PS256}:
            refusal({**jwk_of(algorithm), "alg": other.value})


@pytest.mark.parametrize(("algorithm", "name"), NUMBERS)
def test_a_number_in_another_spelling_is_refused_even_under_its_own_thumbprint(
    algorithm: Algorithm, name: str
) -> None:
    jwk = jwk_of(algorithm)
    raw = b64url_decode(jwk[name])
    for spelling in (
        jwk[name] + "=",
        jwk[name] + "\n",
        " " + jwk[name],
        b64url_encode(b"\0" + raw),
        # A modulus cut short is another number, and now and then a good one.
        *([] if name == "n" else [b64url_encode(raw[:-1])]),
        b64url_encode(raw + b"\0"),
        "+" + jwk[name][1:],
        "",
    ):
        refusal(renamed({**jwk, name: spelling}))


@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.ED25519])
def test_trailing_bits_make_no_second_name_for_a_key(algorithm: Algorithm) -> None:
    jwk = jwk_of(algorithm)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = jwk["x"][:-1] + alphabet[alphabet.index(jwk["x"][-1]) + 1]
    assert "base64url" in refusal(renamed({**jwk, "x": other}))


@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.ES384])
def test_a_point_that_is_not_on_the_curve_is_refused(algorithm: Algorithm) -> None:
    jwk, other = jwk_of(algorithm), stranger_key(algorithm).private.public_jwk()
    assert other is not None
    width = len(b64url_decode(jwk["x"]))
    for x in (other["x"], b64url_encode(bytes(width)), b64url_encode(b"\xff" * width)):
        assert "isn't on P-" in refusal(renamed({**jwk, "x": x}))


FIELD = 2**255 - 19
# y of a point of order 8 ("Taming the many EdDSAs", Chalkias, Garillot, Nikolaenko; SSR 2020).
ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
LOW_ORDER = [
    pytest.param(1, id="neutral"),
    pytest.param(FIELD - 1, id="order 2"),
    pytest.param(0, id="order 4"),
    pytest.param(2**255, id="order 4, other sign"),
    pytest.param(ORDER_8, id="order 8"),
    pytest.param(ORDER_8 + 2**255, id="order 8, other sign"),
    pytest.param(FIELD - ORDER_8, id="order 8, negative"),
    pytest.param(FIELD - ORDER_8 + 2**255, id="order 8, negative, other sign"),
]
MALFORMED = [
    pytest.param(FIELD, id="zero, not reduced"),
    pytest.param(FIELD + 1, id="one, not reduced"),
    pytest.param(2**255 - 1, id="largest, not reduced"),
    pytest.param(2**255 + 1, id="neutral with a sign"),
    pytest.param(2**255 + FIELD - 1, id="order 2 with a sign"),
    pytest.param(2, id="not on the curve"),
    pytest.param(7, id="not on the curve either"),
]


def ed25519_jwk(number: int) -> dict[str, str]:
    x = b64url_encode(number.to_bytes(32, "little"))
    return renamed({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "Ed25519", "use": "sig"})


@pytest.mark.parametrize("number", LOW_ORDER)
def test_a_point_of_low_order_is_refused(number: int) -> None:
    assert "low order" in refusal(ed25519_jwk(number))


@pytest.mark.parametrize("number", MALFORMED)
def test_what_is_no_point_on_ed25519_is_refused(number: int) -> None:
    assert "Ed25519" in refusal(ed25519_jwk(number))


@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_cryptography_derives_is_a_point(seed: bytes) -> None:
    point_check(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def rsa_jwk(modulus: int, exponent: int = 65537) -> dict[str, str]:
    n, e = (
        b64url_encode(number.to_bytes((number.bit_length() + 7) // 8 or 1, "big"))
        for number in (modulus, exponent)
    )
    return renamed({"kty": "RSA", "n": n, "e": e, "alg": "RS256", "use": "sig"})


MODULUS = int.from_bytes(b64url_decode(jwk_of(Algorithm.RS256)["n"]), "big")


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 17, 257, 65535, 65536, 65539, 2**32 + 1, 2**64 + 1])
def test_another_public_exponent_is_refused(exponent: int) -> None:
    refusal(rsa_jwk(MODULUS, exponent))


@pytest.mark.parametrize("bits", [0, 512, 1024, 1536, 2047, 8193, 16384])
def test_an_rsa_key_outside_of_the_bounds_is_refused(bits: int) -> None:
    assert "bits" in refusal(rsa_jwk((1 << bits) - 1)) if bits else refusal(rsa_jwk(0))


@pytest.mark.parametrize("factor", [2, 3, 5, 7, 997])
def test_an_rsa_modulus_with_a_tiny_factor_is_refused(factor: int) -> None:
    assert "tiny factor" in refusal(rsa_jwk(MODULUS // 1024 * factor))


def test_a_point_beyond_the_field_has_no_second_thumbprint() -> None:
    """OpenSSL takes x + p for x; the thumbprint is over the text, so one key would have two names."""
    point = shifted_point()
    jwk = {"kty": "EC", "crv": "P-256", **point, "alg": "ES256", "use": "sig"}
    with pytest.raises(KeyRefusedError, match="outside the field"):
        public_key_import({**jwk, "kid": thumbprint(jwk)})
