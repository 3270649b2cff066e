"""ES256: ECDSA on P-256 with SHA-256 (RFC 7518, section 3.4)."""

from typing import ClassVar, Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.private_keys import PrivateKey
from releaseconsole.kernel.jose.public_keys import VerificationKey, public_key_import
from releaseconsole.kernel.jose.thumbprints import thumbprint

_COORDINATE_BYTES: Final = 32
# Made once: building it for each signature costs more than base64 of the whole token.
_ECDSA_SHA256: Final = ec.ECDSA(hashes.SHA256())


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


class ES256Key(PrivateKey):
    """A P-256 private key."""

    __slots__ = ("_key",)
    algorithm: ClassVar[Algorithm] = Algorithm.ES256

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        if not isinstance(key.curve, ec.SECP256R1):
            raise KeyRefusedError(f"ES256 needs a key on P-256; this one is on {key.curve.name}.")
        self._key: Final = key

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def load(cls, material: bytes) -> Self:
        """Load PKCS#8 DER.

        Raises:
            KeyRefusedError: Something else, or a key on another curve.
        """
        try:
            key = load_der_private_key(material, password=None)
        except (ValueError, TypeError):
            raise KeyRefusedError("This isn't a private key in PKCS#8.") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise KeyRefusedError("ES256 needs an elliptic-curve key.")
        return cls(key)

    def material(self) -> bytes:
        """Return PKCS#8 DER."""
        return self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def public_jwk(self) -> dict[str, str]:
        """Return the public key; its `kid` is the thumbprint."""
        numbers = self._key.public_key().public_numbers()
        jwk = {
            "kty": "EC",
            "crv": "P-256",
            "x": b64url_encode(numbers.x.to_bytes(_COORDINATE_BYTES, "big")),
            "y": b64url_encode(numbers.y.to_bytes(_COORDINATE_BYTES, "big")),
        }
        return {**jwk, "alg": self.algorithm.value, "use": "sig", "kid": thumbprint(jwk)}

    def verification_key(self, kid: str) -> VerificationKey:
        """Return the public half; `kid` must be its thumbprint.

        Raises:
            KeyRefusedError: `kid` names another key.
        """
        return public_key_import({**self.public_jwk(), "kid": kid})

    def sign(self, signing_input: bytes) -> bytes:
        """Return R||S, 64 bytes."""
        return der_to_raw(self._key.sign(signing_input, _ECDSA_SHA256), _COORDINATE_BYTES)
