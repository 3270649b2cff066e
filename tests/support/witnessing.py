"""What a signer remembers, as somebody finds it who has come this far; and what it then does."""

import base64
import json
from pathlib import Path

import pytest
import redis

from compliance.ledger.backends.witness import witness_hold
from compliance.ledger.backends.witness_stores import REDIS_KEY
from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.merkle import EMPTY_ROOT
from compliance.ledger.errors import LedgerError, WitnessError

ORIGIN = "updates.example.com/audit-log/1"


def signed(size: int, *, fork: int = 0, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, bytes([size, fork]) * 16 if size else EMPTY_ROOT)


FIVE, SEVEN, NINE = signed(5), signed(7), signed(9)


class Memory:
    """File and Redis as somebody finds them who has come this far."""

    def __init__(self, path: Path, client: redis.Redis) -> None:
        self.path, self.client = path, client

    def both(self) -> tuple[bytes | None, object]:
        return self.path.read_bytes() if self.path.exists() else None, self.client.get(REDIS_KEY)

    def put(self, *, file: Checkpoint | None = None, copy: Checkpoint | None = None) -> None:
        """Have them remember these; None: nothing."""
        self.path.unlink(missing_ok=True)
        self.client.delete(REDIS_KEY)
        if copy is not None:
            advance(copy, expects_state=False)
            self.path.unlink()
        held = self.client.getdel(REDIS_KEY)
        if file is not None:
            advance(file, expects_state=False)
        self.client.delete(REDIS_KEY)
        if isinstance(held, bytes):
            self.client.set(REDIS_KEY, held)

    @property
    def file(self) -> Checkpoint | None:
        return told(self.path.read_bytes()) if self.path.exists() else None

    @property
    def copy(self) -> Checkpoint | None:
        held = self.client.get(REDIS_KEY)
        return told(held) if isinstance(held, bytes) else None


def told(data: bytes) -> Checkpoint:
    said = json.loads(data)
    return Checkpoint(said["origin"], said["size"], base64.b64decode(said["root"]))


def advance(checkpoint: Checkpoint, *, expects_state: bool = True) -> None:
    with witness_hold(expects_state=expects_state) as witness:
        witness.advance(checkpoint)


def remembered(*, expects_state: bool = True) -> tuple[Checkpoint, ...]:
    with witness_hold(expects_state=expects_state) as witness:
        return witness.remembered


def refused(match: str, *, expects_state: bool = True) -> None:
    with pytest.raises(WitnessError, match=match) as error, witness_hold(expects_state=expects_state):
        pass
    assert error.value.code == "witness_inconsistent"
    assert isinstance(error.value, LedgerError)
