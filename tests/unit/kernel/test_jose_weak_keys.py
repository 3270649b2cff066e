"""RSA keys from broken generators, as the literature describes them."""

import json
import math
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.key_families import private_key_import, private_key_load
from releaseconsole.kernel.jose.public_keys import public_key_import
from releaseconsole.kernel.jose.rsa_keys import RS256Key
from releaseconsole.kernel.jose.thumbprints import thumbprint
from releaseconsole.kernel.jose.weak_keys import has_close_factors, is_roca, rsa_check
from tests.support.key_ring import ring_key

SMALL_PRIMES = [n for n in range(3, 168) if all(n % d for d in range(2, n))]
PRIMORIAL = math.prod(SMALL_PRIMES)
RSA = [Algorithm.RS256, Algorithm.PS256]


def rsa_key(p: int, q: int) -> rsa.RSAPrivateKey:
    e = 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q)
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def infineon_key() -> rsa.RSAPrivateKey:
    made = json.loads(Path(__file__).parents[2].joinpath("vectors/roca_3072.json").read_text())
    return rsa_key(int(made["p"], 16), int(made["q"], 16))


@given(st.integers(0, 2**256), st.integers(2**2900, 2**3000))
def test_any_modulus_that_is_a_power_of_65537_modulo_the_small_primes_is_roca(a: int, k: int) -> None:
    assert is_roca(pow(65537, a, PRIMORIAL) + k * PRIMORIAL)


@given(st.integers(2**3071, 2**3072))
def test_any_other_modulus_is_not(modulus: int) -> None:
    assert not is_roca(modulus)


@given(st.integers(0, 2**256), st.integers(2**2900, 2**3000), st.sampled_from([37, 97, 103, 109, 127, 151]))
def test_one_prime_that_disagrees_clears_a_modulus(a: int, k: int, prime: int) -> None:
    """Each residue alone is a power of 65537, but not the same one: an honest key, only half likely."""
    aside = pow(65537, a, PRIMORIAL) * pow(65537, 1, prime)
    mixed = pow(65537, a, PRIMORIAL)
    step = PRIMORIAL // prime
    while mixed % prime != aside % prime:
        mixed += step
    assert not is_roca(mixed + k * PRIMORIAL)


def test_every_rsa_key_that_the_console_makes_is_none_of_these() -> None:
    jwk = ring_key(Algorithm.RS256).private.public_jwk()
    assert jwk is not None
    rsa_check(int.from_bytes(b64url_decode(jwk["n"]), "big"), 65537, least_bits=3072)


@pytest.mark.parametrize("algorithm", RSA)
def test_a_key_made_as_infineon_did_is_refused_wherever_it_comes_in(algorithm: Algorithm) -> None:
    key = infineon_key()
    with pytest.raises(KeyRefusedError, match="ROCA"):
        private_key_import(algorithm, pem(key))
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(KeyRefusedError, match="ROCA"):
        private_key_load(algorithm, der)
    n = key.public_key().public_numbers().n
    jwk = {"kty": "RSA", "n": b64url_encode(n.to_bytes(384, "big")), "e": "AQAB"}
    with pytest.raises(KeyRefusedError, match="ROCA"):
        public_key_import({**jwk, "alg": algorithm.value, "use": "sig", "kid": thumbprint(jwk)})


def test_the_next_prime_makes_close_factors() -> None:
    p = int(json.loads(Path(__file__).parents[2].joinpath("vectors/roca_3072.json").read_text())["p"], 16)
    q = p + 2
    while pow(3, q - 1, q) != 1:
        q += 2
    assert has_close_factors(p * q)
    assert has_close_factors(p * p)
    with pytest.raises(KeyRefusedError, match="close"):
        rsa_check(p * q, 65537, least_bits=3072)


@pytest.mark.parametrize("bits", [1024, 2048])
@pytest.mark.parametrize("algorithm", RSA)
def test_a_key_that_signs_has_3072_bits(algorithm: Algorithm, bits: int) -> None:
    with pytest.raises(KeyRefusedError, match="3072"):
        private_key_import(algorithm, pem(rsa.generate_private_key(65537, bits)))


def test_a_key_that_only_verifies_may_have_2048() -> None:
    n = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    jwk = {"kty": "RSA", "n": b64url_encode(n.to_bytes(256, "big")), "e": "AQAB"}
    key = public_key_import({**jwk, "alg": "PS256", "use": "sig", "kid": thumbprint(jwk)})
    assert key.signature_bytes == 256


def test_a_private_key_with_exponent_3_is_refused() -> None:
    with pytest.raises(KeyRefusedError, match="65537"):
        RS256Key(rsa.generate_private_key(3, 3072))
