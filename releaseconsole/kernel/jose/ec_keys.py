"""ES256 and ES384: ECDSA on P-256 with SHA-256, on P-384 with SHA-384 (RFC 7518, section 3.4)."""

from typing import ClassVar, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.key_pairs import KeyPair


def der_to_raw(der: bytes, size: int) -> bytes:
    """Turn a DER ECDSA signature into R||S, `size` bytes each.

    By slicing, which costs a quarter of parsing: right for what OpenSSL just made on a curve up to 384 bits
    (one-byte lengths); never for a signature that came from outside.
    """
    r_end = 4 + der[3]
    # An integer with its high bit set has a zero in front; a small one is shorter than the field.
    r = der[4:r_end][-size:].rjust(size, b"\0")
    s = der[r_end + 2 :][-size:].rjust(size, b"\0")
    return r + s


class ECKeyPair(KeyPair[ec.EllipticCurvePrivateKey]):
    """A private key on the one curve of its algorithm."""

    __slots__ = ()
    crv: ClassVar[str]
    curve: ClassVar[ec.EllipticCurve]
    coordinate_bytes: ClassVar[int]
    # Made once: building it for each signature costs more than base64 of the whole token.
    scheme: ClassVar[ec.ECDSA]

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        if key.curve.name != self.curve.name:
            raise KeyRefusedError(
                f"{self.algorithm.value} needs a key on {self.crv}; this one is on {key.curve.name}."
            )
        super().__init__(key)

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls(ec.generate_private_key(cls.curve))

    @classmethod
    def adopt(cls, key: object) -> Self:
        """Take a key on this algorithm's curve.

        Raises:
            KeyRefusedError: It is on another one, or no elliptic-curve key.
        """
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise KeyRefusedError(f"{cls.algorithm.value} needs an elliptic-curve key.")
        return cls(key)

    def public_members(self) -> dict[str, str]:
        """Return type, curve and full-width coordinates."""
        numbers = self._key.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": self.crv,
            "x": b64url_encode(numbers.x.to_bytes(self.coordinate_bytes, "big")),
            "y": b64url_encode(numbers.y.to_bytes(self.coordinate_bytes, "big")),
        }

    def sign(self, signing_input: bytes) -> bytes:
        """Return R||S, each as wide as the curve's field."""
        return der_to_raw(self._key.sign(signing_input, self.scheme), self.coordinate_bytes)


class ES256Key(ECKeyPair):
    """A P-256 private key."""

    __slots__ = ()
    algorithm: ClassVar[Algorithm] = Algorithm.ES256
    crv: ClassVar[str] = "P-256"
    curve: ClassVar[ec.EllipticCurve] = ec.SECP256R1()
    coordinate_bytes: ClassVar[int] = 32
    scheme: ClassVar[ec.ECDSA] = ec.ECDSA(hashes.SHA256())


class ES384Key(ECKeyPair):
    """A P-384 private key."""

    __slots__ = ()
    algorithm: ClassVar[Algorithm] = Algorithm.ES384
    crv: ClassVar[str] = "P-384"
    curve: ClassVar[ec.EllipticCurve] = ec.SECP384R1()
    coordinate_bytes: ClassVar[int] = 48
    scheme: ClassVar[ec.ECDSA] = ec.ECDSA(hashes.SHA384())
