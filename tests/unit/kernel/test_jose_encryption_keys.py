import copy
import json
import pickle
from itertools import count
from math import factorial, gcd
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.jose.encryption import MAX_NESTED_LENGTH, nested_encrypt, nested_open
from releaseconsole.kernel.jose.encryption_keys import (
    DecryptionKey,
    EncryptionAlgorithm,
    RecipientKey,
    recipient_key_import,
)
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.thumbprints import thumbprint
from tests.support.forge import forge
from tests.support.odd_points import shifted_point

ECDH, RSA = EncryptionAlgorithm.ECDH_ES_A256KW, EncryptionAlgorithm.RSA_OAEP_256
KEYS = {algorithm: DecryptionKey.generate(algorithm) for algorithm in EncryptionAlgorithm}
both = pytest.mark.parametrize("algorithm", list(EncryptionAlgorithm))
INNER = forge({"alg": "ES256", "kid": "k", "typ": "phi-release+jwt"}, b"{}", lambda _: bytes(64))


def jwk_with(algorithm: EncryptionAlgorithm, **changed: Any) -> dict[str, object]:
    """Return a public key with changes, and the kid that fits them; a change to `...` leaves a member out."""
    jwk = {
        name: value for name, value in (KEYS[algorithm].public_jwk() | changed).items() if value is not ...
    }
    try:
        return {**jwk, "kid": thumbprint(jwk)} if "kid" not in changed else jwk
    except KeyRefusedError:
        return jwk


def unsigned(number: int) -> str:
    return b64url_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def modulus(algorithm: EncryptionAlgorithm = RSA) -> int:
    return int.from_bytes(b64url_decode(KEYS[algorithm].public_jwk()["n"]), "big")


def roca_modulus() -> int:
    primes = json.loads((Path(__file__).parents[2] / "vectors" / "roca_3072.json").read_text())
    return int(primes["p"], 16) * int(primes["q"], 16)


@both
def test_a_registered_key_is_imported_as_what_it_says(algorithm: EncryptionAlgorithm) -> None:
    recipient = recipient_key_import(KEYS[algorithm].public_jwk())
    assert (recipient.kid, recipient.algorithm) == (KEYS[algorithm].kid, algorithm)
    assert repr(recipient) == f"<RecipientKey {algorithm.value} {recipient.kid}>"


@both
def test_a_private_key_comes_back_from_its_material(algorithm: EncryptionAlgorithm) -> None:
    again = DecryptionKey.load(KEYS[algorithm].material())
    assert again.public_jwk() == KEYS[algorithm].public_jwk()
    assert again.algorithm is algorithm


REFUSED = [
    pytest.param(jwk_with(ECDH, d="AA"), "must have exactly", id="private member of EC"),
    pytest.param(jwk_with(RSA, d="AA"), "must have exactly", id="private member of RSA"),
    pytest.param(jwk_with(RSA, p="AA", q="AA"), "must have exactly", id="primes"),
    pytest.param(jwk_with(ECDH, x5u="https://evil.example"), "must have exactly", id="x5u"),
    pytest.param(jwk_with(ECDH, key_ops=["deriveKey"]), "must have exactly", id="key_ops"),
    pytest.param(jwk_with(ECDH, use=...), "must have exactly", id="no use"),
    pytest.param(jwk_with(ECDH, kid=...), "must have exactly", id="no kid"),
    pytest.param(jwk_with(ECDH, y=...), "must have exactly", id="no y"),
    pytest.param(jwk_with(ECDH, x=7), "must have exactly", id="x a number"),
    pytest.param(jwk_with(ECDH, use="sig"), "use must be enc", id="a signing key"),
    pytest.param(jwk_with(ECDH, alg=...), "alg must be", id="no alg"),
    pytest.param(jwk_with(ECDH, alg="ES256"), "alg must be", id="alg of a signature"),
    pytest.param(jwk_with(ECDH, alg="ECDH-ES"), "alg must be", id="alg ECDH-ES"),
    pytest.param(jwk_with(ECDH, alg="ecdh-es+a256kw"), "alg must be", id="alg in lower case"),
    pytest.param(jwk_with(RSA, alg="RSA-OAEP"), "alg must be", id="alg RSA-OAEP"),
    pytest.param(jwk_with(RSA, alg="RSA1_5"), "alg must be", id="alg RSA1_5"),
    pytest.param(jwk_with(RSA, alg=["RSA-OAEP-256"]), "alg must be", id="alg a list"),
    pytest.param(jwk_with(RSA, alg=ECDH.value), "must have exactly", id="RSA key for ECDH"),
    pytest.param(jwk_with(ECDH, alg=RSA.value), "must have exactly", id="EC key for RSA"),
    pytest.param(jwk_with(ECDH, kid="mine"), "isn't this key's", id="kid of the sender's choice"),
    pytest.param(jwk_with(ECDH, kid=KEYS[RSA].kid), "isn't this key's", id="kid of another key"),
    pytest.param(jwk_with(ECDH, kty="RSA"), "on P-256", id="kty of another"),
    pytest.param(jwk_with(ECDH, crv="P-384"), "on P-256", id="crv of another"),
    pytest.param(jwk_with(ECDH, crv="X25519"), "on P-256", id="crv X25519"),
    pytest.param(jwk_with(ECDH, x="A" * 43), "isn't on P-256", id="not on the curve"),
    pytest.param(jwk_with(ECDH, x="A" * 43, y="A" * 43), "isn't on P-256", id="the point at infinity"),
    pytest.param(jwk_with(ECDH, **shifted_point()), "outside the field of P-256", id="x beyond the field"),
    pytest.param(jwk_with(ECDH, x="AAAA"), "has 32 bytes", id="x short"),
    pytest.param(jwk_with(ECDH, y="A" * 44), "has 32 bytes", id="y long"),
    pytest.param(jwk_with(ECDH, x=KEYS[ECDH].public_jwk()["x"] + "="), "unpadded", id="x padded"),
    pytest.param(jwk_with(RSA, kty="EC"), "needs an RSA key", id="kty EC with n and e"),
    pytest.param(jwk_with(RSA, e="Aw"), "must be 65537", id="exponent 3"),
    pytest.param(jwk_with(RSA, e="AQ"), "must be 65537", id="exponent 1"),
    pytest.param(jwk_with(RSA, e="AAEAAQ"), "zeros in front", id="exponent with a leading zero"),
    pytest.param(jwk_with(RSA, e=""), "zeros in front", id="exponent empty"),
    pytest.param(jwk_with(RSA, n=unsigned(modulus() + 1)), "isn't an RSA modulus", id="modulus even"),
    pytest.param(jwk_with(RSA, n=unsigned((1 << 2046) + 1)), "2048 to 8192", id="2047 bits"),
    pytest.param(jwk_with(RSA, n=unsigned((1 << 8192) + 1)), "2048 to 8192", id="8193 bits"),
    pytest.param(
        jwk_with(RSA, n=b64url_encode(b"\0" + b64url_decode(KEYS[RSA].public_jwk()["n"]))),
        "zeros in front",
        id="modulus with a leading zero",
    ),
    pytest.param(jwk_with(RSA, n=unsigned(3 * ((1 << 2100) + 1))), "tiny factor", id="tiny factor"),
    pytest.param(jwk_with(RSA, n=unsigned(roca_modulus())), "ROCA", id="ROCA"),
    pytest.param(jwk_with(RSA, n=unsigned((3**1000 * 2 + 1) ** 2)), "factors are close", id="close factors"),
    pytest.param({}, "alg must be", id="nothing"),
    pytest.param({"kty": "oct", "k": "AA", "alg": "dir", "use": "enc", "kid": "k"}, "alg must be", id="oct"),
]


@pytest.mark.parametrize(("jwk", "message"), REFUSED)
def test_a_key_that_is_weak_malformed_or_private_is_refused(jwk: dict[str, object], message: str) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        recipient_key_import(jwk)
    assert message in caught.value.message


def pkcs8(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


@pytest.mark.parametrize(
    ("material", "message"),
    [
        pytest.param(b"rubbish", "PKCS#8", id="rubbish"),
        pytest.param(pkcs8(ed25519.Ed25519PrivateKey.generate()), "P-256 and RSA", id="Ed25519"),
        pytest.param(pkcs8(ec.generate_private_key(ec.SECP384R1())), "on secp384r1", id="P-384"),
        pytest.param(pkcs8(ec.generate_private_key(ec.SECP256K1())), "on secp256k1", id="Bitcoin's curve"),
        pytest.param(
            pkcs8(rsa.generate_private_key(public_exponent=65537, key_size=1024)),  # noqa: S505 (the point)
            "2048 to 8192",
            id="RSA-1024",
        ),
        pytest.param(
            pkcs8(rsa.generate_private_key(public_exponent=3, key_size=2048)), "65537", id="exponent 3"
        ),
    ],
)
def test_private_material_that_is_none_of_ours_is_refused(material: bytes, message: str) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        DecryptionKey.load(material)
    assert message in caught.value.message


@both
def test_a_private_key_shows_itself_to_nobody(algorithm: EncryptionAlgorithm) -> None:
    key = KEYS[algorithm]
    assert repr(key) == f"<DecryptionKey {algorithm.value} {key.kid}>"
    for leave in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="stays in the memory"):
            leave(key)
    assert key.public_jwk().keys() & {"d", "p", "q", "dp", "dq", "qi"} == set()


@both
@pytest.mark.parametrize("token", ["", "rubbish", "....", INNER])
def test_what_is_no_encrypted_token_is_refused_by_the_key_too(
    algorithm: EncryptionAlgorithm, token: str
) -> None:
    with pytest.raises(TokenRefusedError) as caught:
        KEYS[algorithm].decrypt(token)
    assert caught.value.message == "The token isn't valid."


def mersenne_key() -> DecryptionKey:
    """Make an RSA key of 7,470 bits at once: its primes are 2**3217 - 1 and 2**4253 - 1."""
    p, q, e = 2**4253 - 1, 2**3217 - 1, 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q)
    )
    return DecryptionKey(numbers.private_key(unsafe_skip_rsa_key_validation=True))


def test_a_key_longer_than_the_librarys_own_limit_decrypts_too() -> None:
    key = mersenne_key()
    token = nested_encrypt(INNER, typ="phi-release+jwt", recipient=recipient_key_import(key.public_jwk()))
    assert nested_open(token, typ="phi-release+jwt", keys={key.kid: key}) == INNER


def largest_rsa() -> RecipientKey:
    """Make a key of 8,192 bits that nobody can decrypt with; without tiny factors, it passes for one."""
    without_tiny_factors = (n for n in count((1 << 8191) + 1, 2) if gcd(n, factorial(1000)) == 1)
    return recipient_key_import(jwk_with(RSA, n=unsigned(next(without_tiny_factors))))


def test_the_longest_token_that_is_signed_fits_into_the_longest_that_is_opened() -> None:
    longest = INNER[: INNER.rindex(".") + 1]
    longest += "A" * (8192 - len(longest))
    widest = nested_encrypt(longest, typ="phi-release+jwt", recipient=largest_rsa())
    assert len(widest) <= MAX_NESTED_LENGTH
    recipient = recipient_key_import(KEYS[ECDH].public_jwk())
    token = nested_encrypt(longest, typ="phi-release+jwt", recipient=recipient)
    assert nested_open(token, typ="phi-release+jwt", keys={KEYS[ECDH].kid: KEYS[ECDH]}) == longest
