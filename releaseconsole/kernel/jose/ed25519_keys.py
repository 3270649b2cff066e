"""Ed25519 under its fully specified name (RFC 9864, RFC 8032); the old name `EdDSA` is refused everywhere."""

from typing import ClassVar, Self

from cryptography.hazmat.primitives.asymmetric import ed25519

from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.errors import KeyRefusedError
from releaseconsole.kernel.jose.key_pairs import KeyPair


class Ed25519Key(KeyPair[ed25519.Ed25519PrivateKey]):
    """An Ed25519 private key."""

    __slots__ = ()
    algorithm: ClassVar[Algorithm] = Algorithm.ED25519

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def adopt(cls, key: object) -> Self:
        """Take an Ed25519 key.

        Raises:
            KeyRefusedError: It is of another type.
        """
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise KeyRefusedError("Ed25519 needs an Ed25519 key.")
        return cls(key)

    def public_members(self) -> dict[str, str]:
        """Return type, curve and point."""
        point = self._key.public_key().public_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(point)}

    def sign(self, signing_input: bytes) -> bytes:
        """Return 64 bytes, the same each time."""
        return self._key.sign(signing_input)
