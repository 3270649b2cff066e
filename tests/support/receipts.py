"""What keeps the audit log from being signed, and what a receipt says."""

from collections.abc import Iterator
from contextlib import contextmanager

from compliance.ledger.backends.signer import CheckpointKey, signer_current, signer_register
from compliance.ledger.backends.witness import witness_start_over
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey
from compliance.ledger.errors import SignerUnavailableError
from compliance.ledger.models import AuditCheckpoint


class _Unreachable:
    def sign(self, _body: bytes, /) -> tuple[CheckpointKey, bytes]:
        raise SignerUnavailableError("The HSM doesn't answer.")

    def keys(self) -> list[CheckpointKey]:
        return []


@contextmanager
def signer_down() -> Iterator[None]:
    """Nobody signs the log."""
    signer = signer_current()
    signer_register(_Unreachable())
    try:
        yield
    finally:
        signer_register(signer)


def longer_log_signed() -> None:
    """Let the signer remember a longer log than this one: somebody restored an older database."""
    witness_start_over(Checkpoint(AuditCheckpoint.objects.latest("pk").origin, 1_000_000, bytes(32)))


def log_keys(origin: str) -> list[NoteKey]:
    """The keys that a verifier of this log trusts."""
    keys = signer_current().keys()
    return [NoteKey(origin, key.spki) for key in keys]
