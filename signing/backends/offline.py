"""The offline backend: the private half was never here. It names a root that lives on another machine."""

from typing import ClassVar, NoReturn

from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.backends.protocol import BackendFacts, StoredKey
from signing.domain.key_owner import KeyOwner
from signing.errors import KeyUnavailableError


class OfflineKeyBackend:
    """Public halves only; whatever needs the private one is a ceremony (docs/offline-root.md)."""

    name: ClassVar[str] = "offline"

    def describe(self) -> BackendFacts:
        """Say where it is."""
        return BackendFacts(
            name=self.name,
            title="Offline: on a machine of its own, never here",
            details=(),
            algorithms=frozenset({Algorithm.ES256}),
            exports_keys=False,
        )

    def probe(self) -> None:
        """Do nothing: it isn't meant to be reached."""

    def create(self, owner: KeyOwner, *, token: str) -> NoReturn:  # noqa: ARG002 (the protocol's signature)
        """Refuse.

        Raises:
            KeyUnavailableError: Always.
        """
        raise KeyUnavailableError("An offline key is made on its own machine, and registered here.")

    def load(self, stored: StoredKey) -> NoReturn:
        """Refuse.

        Raises:
            KeyUnavailableError: Always.
        """
        raise KeyUnavailableError(f"Key {stored.kid} is offline: its machine signs, in a ceremony.")

    def disable(self, stored: StoredKey) -> None:
        """Do nothing: there's nothing here that could sign."""

    def destroy(self, stored: StoredKey) -> None:
        """Do nothing."""
