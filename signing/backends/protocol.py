"""What the console asks of a place that keeps private keys."""

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from releaseconsole.kernel.jose.private_keys import PrivateKey
from signing.domain.key_owner import KeyOwner


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key as it goes into its row."""

    kid: str
    public_jwk: dict[str, str] | None
    sealed_private: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """What a key's row says about where its private half is."""

    kid: str
    owner: KeyOwner
    sealed_private: str = field(repr=False)


class KeyBackend(Protocol):
    """One place for private keys."""

    name: ClassVar[str]

    def create(self, owner: KeyOwner) -> CreatedKey:
        """Make a key that is bound to `owner`."""

    def load(self, stored: StoredKey) -> PrivateKey:
        """Return the key, ready to sign.

        Raises:
            KeyUnavailableError: The backend can't give it.
        """
