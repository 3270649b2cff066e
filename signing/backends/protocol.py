"""What the console asks of a place that keeps private keys."""

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.key_owner import KeyOwner


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key as it goes into its row."""

    kid: str
    public_jwk: dict[str, str] | None
    # Local keys only.
    sealed_private: str = field(default="", repr=False)
    # Where an HSM or KMS keeps it; no secret.
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """What a key's row says about where its private half is; `token` is the row's id, in text."""

    kid: str
    owner: KeyOwner
    token: str
    sealed_private: str = field(default="", repr=False)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class BackendFacts:
    """What a backend says of itself, for pages and reports; nothing in it is secret.

    Attributes:
        name: As keys' rows name it.
        title: For people: "SoftHSM, token console".
        details: Lines of name and value, for example library, firmware, region.
        algorithms: What it can sign with.
        exports_keys: Whether private material can leave it (sealed or not).
    """

    name: str
    title: str
    details: tuple[tuple[str, str], ...]
    algorithms: frozenset[Algorithm]
    exports_keys: bool


class SigningHandle(Protocol):
    """A key that is ready to sign, wherever it lives; safe to share between threads."""

    @property
    def algorithm(self) -> Algorithm:
        """The one algorithm it signs with."""

    def sign(self, signing_input: bytes, /) -> bytes:
        """Sign, in the encoding of RFC 7518 (never DER).

        Raises:
            KeyUnavailableError: The backend can't now; nothing unsigned is served instead.
        """


class KeyBackend(Protocol):
    """One place for private keys. Every call may block on a network and raise `KeyUnavailableError`."""

    name: ClassVar[str]

    def describe(self) -> BackendFacts:
        """Say what and where it is, without reaching for it."""

    def probe(self) -> None:
        """Reach for it.

        Raises:
            KeyUnavailableError: It doesn't answer as it should.
        """

    def create(self, owner: KeyOwner, *, token: str) -> CreatedKey:
        """Make a key that is bound to `owner`, or find the one that was made with this `token`.

        Raises:
            KeyUnavailableError: It can't make one, or not with this algorithm.
        """

    def load(self, stored: StoredKey) -> SigningHandle:
        """Return the key, ready to sign.

        Raises:
            KeyUnavailableError: The backend can't give it.
        """

    def disable(self, stored: StoredKey) -> None:
        """Let the key sign nothing any more; also when it is disabled already.

        Nothing lifts this: a key that is resumed verifies what it signed, and never signs again.
        """

    def destroy(self, stored: StoredKey) -> None:
        """Destroy the private half, or set it on an irrevocable way there; also when it is gone already."""
