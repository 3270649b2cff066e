"""RS256 and PS256: RSA with SHA-256, in PKCS#1 v1.5 or PSS padding (RFC 7518, sections 3.3 and 3.5).

A key pair signs with one padding for life, though its numbers would do for both: the `kid`, a thumbprint over
the numbers alone, is the same for the twin, so only one of them can ever be known by it.
"""

from typing import ClassVar, Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.key_pairs import KeyPair
from releaseconsole.kernel.jose.weak_keys import LEAST_SIGNING_BITS, PUBLIC_EXPONENT, rsa_check

_SHA256: Final = hashes.SHA256()


def _number(value: int) -> str:
    return b64url_encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class RSAKeyPair(KeyPair[rsa.RSAPrivateKey]):
    """An RSA private key of 3,072 to 8,192 bits, bound to one padding."""

    __slots__ = ()
    scheme: ClassVar[padding.AsymmetricPadding]

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        numbers = key.public_key().public_numbers()
        rsa_check(numbers.n, numbers.e, least_bits=LEAST_SIGNING_BITS)
        super().__init__(key)

    @classmethod
    def generate(cls) -> Self:
        """Make a new key of 3,072 bits: a few tenths of a second."""
        return cls(rsa.generate_private_key(PUBLIC_EXPONENT, LEAST_SIGNING_BITS))

    @classmethod
    def adopt(cls, key: object) -> Self:
        """Take an RSA key.

        Raises:
            KeyRefusedError: It is of another type, or weak.
        """
        if not isinstance(key, rsa.RSAPrivateKey):
            raise KeyRefusedError(f"{cls.algorithm.value} needs an RSA key.")
        return cls(key)

    def public_members(self) -> dict[str, str]:
        """Return type, modulus and exponent."""
        numbers = self._key.public_key().public_numbers()
        return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}

    def sign(self, signing_input: bytes) -> bytes:
        """Return a signature as long as the modulus."""
        return self._key.sign(signing_input, self.scheme, _SHA256)


class RS256Key(RSAKeyPair):
    """An RSA private key that signs in PKCS#1 v1.5 padding."""

    __slots__ = ()
    algorithm: ClassVar[Algorithm] = Algorithm.RS256
    scheme: ClassVar[padding.AsymmetricPadding] = padding.PKCS1v15()


class PS256Key(RSAKeyPair):
    """An RSA private key that signs in PSS padding."""

    __slots__ = ()
    algorithm: ClassVar[Algorithm] = Algorithm.PS256
    # The salt is as long as the hash: JOSE has no other, though many libraries default to the longest.
    scheme: ClassVar[padding.AsymmetricPadding] = padding.PSS(
        padding.MGF1(_SHA256), padding.PSS.DIGEST_LENGTH
    )
