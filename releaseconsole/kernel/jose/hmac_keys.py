"""HS256: HMAC with SHA-256 (RFC 7518, section 3.2). For tokens between servers that trust each other wholly.

Whoever can verify such a token can forge one, so a device never gets the secret, and its `kid` is random: an
RFC 7638 thumbprint would publish a hash of the secret in every header.
"""

from typing import ClassVar, Final, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from joserfc.jwk import OctKey

from releaseconsole.kernel import randomness
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.private_keys import PrivateKey
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.weak_keys import hmac_secret_check

# RFC 7518, section 3.2: at least the hash's length; joserfc signs with a single byte.
SECRET_BYTES: Final = 32
# Past its block length HMAC hashes the secret down, so more is no gain.
MOST_SECRET_BYTES: Final = 64
_DIGEST_BYTES: Final = 32


class HS256Key(PrivateKey):
    """An HMAC secret."""

    __slots__ = ("_mac", "_secret")
    algorithm: ClassVar[Algorithm] = Algorithm.HS256

    def __init__(self, secret: bytes) -> None:
        if not SECRET_BYTES <= len(secret) <= MOST_SECRET_BYTES:
            raise KeyRefusedError(f"HS256 needs a secret of {SECRET_BYTES} to {MOST_SECRET_BYTES} bytes.")
        hmac_secret_check(secret)
        self._secret: Final = secret
        # Copied for each signature: setting up a keyed context costs more than hashing a token.
        self._mac: Final = HMAC(secret, SHA256())

    @classmethod
    def generate(cls) -> Self:
        """Make a new secret."""
        return cls(randomness.token_bytes(SECRET_BYTES))

    @classmethod
    def load(cls, material: bytes) -> Self:
        """Load the raw secret.

        Raises:
            KeyRefusedError: It is too short, follows a pattern, or is something else.
        """
        return cls(material)

    def material(self) -> bytes:
        """Return the raw secret."""
        return self._secret

    def public_jwk(self) -> None:
        """Return None: there is no public half."""

    def verification_key(self, kid: str) -> VerificationKey:
        """Return the same secret for verifying."""
        jose_key = OctKey.import_key(self._secret, {"alg": self.algorithm.value, "use": "sig", "kid": kid})
        return VerificationKey(kid, self.algorithm, _DIGEST_BYTES, jose_key)

    def sign(self, signing_input: bytes) -> bytes:
        """Return the 32-byte tag."""
        mac = self._mac.copy()
        mac.update(signing_input)
        return mac.finalize()
