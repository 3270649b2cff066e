"""Keys that sign. Each class is one algorithm, so a key can't be used for another one.

Private material is reachable by `material()` only, which the key backend seals. It appears in no `repr`, no
exception and no pickle.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, NoReturn, Self

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.public_keys import VerificationKey


class PrivateKey(ABC):
    """A signing key in this process's memory."""

    __slots__ = ()
    algorithm: ClassVar[Algorithm]

    @classmethod
    @abstractmethod
    def generate(cls) -> Self:
        """Make a new key of the strength the algorithm asks for."""

    @classmethod
    @abstractmethod
    def load(cls, material: bytes) -> Self:
        """Load what `material` gave.

        Raises:
            KeyRefusedError: It is no key of this algorithm, or a weak one.
        """

    @abstractmethod
    def material(self) -> bytes:
        """Return the private material, to be sealed at once."""

    @abstractmethod
    def public_jwk(self) -> dict[str, str] | None:
        """Return the public key as a JWK with `alg`, `use` and `kid`; None for a symmetric key."""

    @abstractmethod
    def verification_key(self, kid: str) -> VerificationKey:
        """Return the key that verifies what this one signs, known as `kid`."""

    @abstractmethod
    def sign(self, signing_input: bytes) -> bytes:
        """Sign, in the encoding of RFC 7518 (never DER)."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.algorithm.value}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A private key stays in the memory it was unsealed into.")
