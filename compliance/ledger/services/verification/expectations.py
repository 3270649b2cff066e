"""What the log's root has to be at which size, as checkpoints, the witness and officers' notes say."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from heapq import merge
from typing import Final, NamedTuple

from compliance.ledger.backends.signer import CheckpointKey
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, SignedCheckpoint, note_open
from compliance.ledger.domain.verification import Check, Findings
from compliance.ledger.errors import CheckpointError
from compliance.ledger.models import AuditCheckpoint, AuditEpoch

# Clocks of two hosts differ, and a key's first checkpoint may be signed as the key is written down.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_BATCH: Final = 1000


class Expected(NamedTuple):
    """One saying: the first `size` entries have this root."""

    size: int
    root: bytes
    check: Check
    by: str
    origin: str


class Keys:
    """The keys that ever signed, to verify notes by."""

    def __init__(self, keys: Iterable[CheckpointKey]) -> None:
        self.by_kid: Final = {key.kid: key for key in keys}
        self._note_keys: Final[dict[str, list[NoteKey]]] = {}

    def note_open(self, note: str, origin: str) -> SignedCheckpoint:
        """Verify a note of a log of this name by any of the keys.

        Raises:
            CheckpointError: It doesn't hold.
        """
        if origin not in self._note_keys:
            self._note_keys[origin] = [NoteKey(origin, key.spki) for key in self.by_kid.values()]
        return note_open(note, self._note_keys[origin])

    def note_read(self, note: str, origin: str) -> Checkpoint:
        """Do the same for who doesn't ask which key it was.

        Raises:
            CheckpointError: It doesn't hold.
        """
        return self.note_open(note, origin).checkpoint


class StoredCheckpoints:
    """The checkpoints that the database has, in the order of their sizes, each verified as it's read."""

    def __init__(self, findings: Findings, keys: Keys | None, *, since: int, now: datetime) -> None:
        self._findings: Final = findings
        self._keys: Final = keys
        self._since: Final = since
        self._now: Final = now
        self._epochs: Final = {epoch.origin: epoch for epoch in AuditEpoch.objects.all()}
        # Whoever signs adds to both; what is newer than this belongs to a log that is longer than was read.
        self._last: Final = AuditCheckpoint.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self._revoked_alone: tuple[int, datetime] | None = None

    def expected(self) -> Iterator[Expected]:
        """Read and verify them.

        Yields:
            Those that say what they have to, by size.
        """
        before: AuditCheckpoint | None = None
        for row in self._rows():
            self._order_check(row, before)
            before = row
            if self._note_check(row):
                yield Expected(row.size, bytes(row.root), Check.CHECKPOINT, "the checkpoint", row.origin)
        if self._revoked_alone and self._revoked_alone[1] < self._now - _CLOCKS_DIFFER:
            size = self._revoked_alone[0]
            self._wrong(size, "is signed by a revoked key, and none by another key came after it")

    def _rows(self) -> Iterator[AuditCheckpoint]:
        stored = AuditCheckpoint.objects.filter(pk__lte=self._last, size__gte=self._since)
        size, last = -1, 0
        while rows := [
            *stored.filter(size=size, pk__gt=last).order_by("pk")[:_BATCH],
            *stored.filter(size__gt=size).order_by("size", "pk")[:_BATCH],
        ]:
            yield from rows
            size, last = rows[-1].size, rows[-1].pk

    def _order_check(self, row: AuditCheckpoint, before: AuditCheckpoint | None) -> None:
        epoch = self._epochs.get(row.origin)
        if epoch is None:
            self._wrong(row.size, f"is of {row.origin}, which isn't a name of this log")
        elif row.size < epoch.began_size or row.signed_at < epoch.began_at - _CLOCKS_DIFFER:
            self._wrong(row.size, f"is from before {row.origin} began")
        if before and row.pk < before.pk and row.origin == before.origin:
            self._wrong(row.size, "stands before a smaller one of the same name")
        if before and row.signed_at < before.signed_at - _CLOCKS_DIFFER:
            self._wrong(row.size, "says that it was signed before a smaller one")

    def _note_check(self, row: AuditCheckpoint) -> bool:
        if self._keys is None:
            return True
        try:
            signed = self._keys.note_open(row.note, row.origin)
        except CheckpointError as exc:
            self._wrong(row.size, f"isn't signed as it has to be: {exc.message}")
            return False
        if signed.checkpoint != Checkpoint(row.origin, row.size, bytes(row.root)):
            self._wrong(row.size, "stands beside columns that say something else than its note")
            return False
        self._key_check(row, self._keys.by_kid.get(row.kid), signed)
        return True

    def _key_check(self, row: AuditCheckpoint, key: CheckpointKey | None, signed: SignedCheckpoint) -> None:
        if key is None or key.spki not in {each.spki for each in signed.by}:
            self._wrong(row.size, f"isn't signed by key {row.kid}, which its row names")
            return
        ends_at = key.ends_at or row.signed_at
        if not key.begins_at - _CLOCKS_DIFFER <= row.signed_at <= ends_at + _CLOCKS_DIFFER:
            self._wrong(row.size, "is signed by a key outside its time")
        self._revoked_alone = (row.size, key.revoked_at) if key.revoked_at else None

    def _wrong(self, size: int, what: str) -> None:
        self._findings.add(Check.CHECKPOINT, f"The checkpoint of {size} entries {what}.", max(size - 1, 0))


def epochs_check(findings: Findings) -> None:
    """Look whether the names of the log follow each other, each from where the one before had come to."""
    before: AuditEpoch | None = None
    for epoch in AuditEpoch.objects.order_by("pk"):
        if before is None and epoch.began_size:
            findings.add(Check.EPOCH, f"The log's first name, {epoch.origin}, doesn't begin at entry 0.")
        if before and (epoch.began_at < before.began_at or epoch.began_size < before.began_size):
            findings.add(Check.EPOCH, f"{epoch.origin} begins before {before.origin}, which it follows.")
        before = epoch


def noted(
    notes: Iterable[tuple[str, str]], findings: Findings, verify: Callable[[str, str], Checkpoint]
) -> Iterator[Expected]:
    """Verify checkpoints that somebody kept.

    Args:
        notes: Where each comes from, and its text.
        findings: Takes those that don't hold.
        verify: Verifies a note of a log with this name.

    Yields:
        What those that hold say.
    """
    names = set(AuditEpoch.objects.values_list("origin", flat=True))
    for where, note in notes:
        origin = note.partition("\n")[0]
        if origin not in names:
            findings.add(Check.NOTE, f"The note {where} is of {origin!r}, which isn't a name of this log.")
            continue
        try:
            kept = verify(note, origin)
        except CheckpointError as exc:
            findings.add(Check.NOTE, f"The note {where} isn't signed by a key of this log: {exc.message}")
            continue
        yield Expected(kept.size, kept.root, Check.NOTE, f"the note {where}", origin)


def in_order(*sources: Iterable[Expected]) -> Iterator[Expected]:
    """Bring several sources together, by size."""
    return merge(*sources, key=lambda each: each.size)
