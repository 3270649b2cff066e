"""Who signs checkpoints. The ledger knows no keys: signing, a floor above, plugs in what it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from compliance.ledger.errors import SignerUnavailableError


@dataclass(frozen=True, slots=True)
class CheckpointKey:
    """The public half of a key that signs checkpoints, or did.

    Attributes:
        kid: RFC 7638 thumbprint.
        spki: The key as SubjectPublicKeyInfo, in DER.
        begins_at: When it began to sign.
        ends_at: When it stopped; None: it signs.
        revoked_at: When it was taken for compromised. From then on a checkpoint of its counts only as far as
            a later one, by another key, is consistent with it.
    """

    kid: str
    spki: bytes
    begins_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None = None


class CheckpointSigner(Protocol):
    """Keys for checkpoints, wherever they live."""

    def sign(self, body: bytes, /) -> tuple[CheckpointKey, bytes]:
        """Sign the text of a checkpoint (ECDSA P-256 with SHA-256); the signature is in DER, and verified.

        Raises:
            SignerUnavailableError: No key can sign now.
        """

    def keys(self) -> Sequence[CheckpointKey]:
        """List every key that ever signed, oldest first.

        Raises:
            SignerUnavailableError: A stored public half is damaged.
        """


class _Registry:
    signer: CheckpointSigner | None = None


_registry = _Registry()


def signer_register(signer: CheckpointSigner) -> None:
    """Let `signer` sign from now on; the last one counts."""
    _registry.signer = signer


def signer_current() -> CheckpointSigner:
    """Return who signs.

    Raises:
        SignerUnavailableError: Nobody registered.
    """
    if _registry.signer is None:
        raise SignerUnavailableError
    return _registry.signer
