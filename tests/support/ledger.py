"""The audit log in tests: a real key that signs its checkpoints, and commits that follow through.

A test's database is rolled back, so nothing in it is ever committed, and what happens on commit never would.
What the ledger asks for on commit happens when the outermost block that isn't the test's own ends.
"""

from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from compliance.ledger.backends.signer import CheckpointKey

# Whose callbacks run; everybody else's wait for a commit, as ever.
_FOLLOWED: Final = ("compliance.ledger.services", "updates.services.releases.receipts")


class SoftwareSigner:
    """Signs with one key in memory."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        spki = self._private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._key = CheckpointKey("test-key", spki, datetime(2026, 1, 1, tzinfo=UTC), None)

    def sign(self, body: bytes, /) -> tuple[CheckpointKey, bytes]:
        return self._key, self._private.sign(body, ec.ECDSA(SHA256()))

    def keys(self) -> list[CheckpointKey]:
        return [self._key]


def commits_follow_through() -> None:
    """Install it, for the whole run."""
    leave = transaction.Atomic.__exit__

    def left(self: Any, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        leave(self, exc_type, exc_value, traceback)
        connection = transaction.get_connection(self.using)
        if exc_type is None and not self._from_testcase and _is_tests_own(connection):
            _follow(connection)

    transaction.Atomic.__exit__ = left  # type: ignore[method-assign]


def _is_tests_own(connection: Any) -> bool:
    blocks = connection.atomic_blocks
    return bool(blocks) and blocks[-1]._from_testcase


def _follow(connection: Any) -> None:
    waiting = connection.run_on_commit
    connection.run_on_commit = [each for each in waiting if not each[1].__module__.startswith(_FOLLOWED)]
    for _, callback, _ in waiting:
        if callback.__module__.startswith(_FOLLOWED):
            callback()
