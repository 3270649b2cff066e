"""What all private keys with a public half share: PKCS#8, and a public key named by its thumbprint."""

from abc import abstractmethod
from typing import Final, Generic, Self, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.private_keys import PrivateKey
from releaseconsole.kernel.jose.public_keys import VerificationKey, public_key_import
from releaseconsole.kernel.jose.thumbprints import thumbprint

K = TypeVar("K", ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey, ed25519.Ed25519PrivateKey)


class KeyPair(PrivateKey, Generic[K]):
    """A private key whose public half is published."""

    __slots__ = ("_key",)

    def __init__(self, key: K) -> None:
        self._key: Final[K] = key

    @classmethod
    @abstractmethod
    def adopt(cls, key: object) -> Self:
        """Take a key of `cryptography` that may be of any type.

        Raises:
            KeyRefusedError: It is of another type than this algorithm's, or a weak one.
        """

    @abstractmethod
    def public_members(self) -> dict[str, str]:
        """Return the members of the public JWK that make its thumbprint."""

    @classmethod
    def load(cls, material: bytes) -> Self:
        """Load PKCS#8 DER.

        Raises:
            KeyRefusedError: Something else, a key of another algorithm, or a weak one.
        """
        try:
            key = load_der_private_key(material, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyRefusedError("This isn't a private key in PKCS#8.") from None
        return cls.adopt(key)

    def material(self) -> bytes:
        """Return PKCS#8 DER."""
        return self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def public_jwk(self) -> dict[str, str]:
        """Return the public key; its `kid` is the thumbprint."""
        jwk = self.public_members()
        return {**jwk, "alg": self.algorithm.value, "use": "sig", "kid": thumbprint(jwk)}

    def verification_key(self, kid: str) -> VerificationKey:
        """Return the public half; `kid` must be its thumbprint.

        Raises:
            KeyRefusedError: `kid` names another key.
        """
        return public_key_import({**self.public_jwk(), "kid": kid})
