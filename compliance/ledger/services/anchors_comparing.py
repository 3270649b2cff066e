"""Reading copies of checkpoints back, and comparing them with the log.

A database that somebody rewrote, or restored from an older backup, has another tree than its copies say. The
witness refuses to sign such a one; this says what differs, and works without the witness.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from compliance.ledger.backends.anchor_places import AnchorPlace, file_drop, s3_drop
from compliance.ledger.backends.signer import signer_current
from compliance.ledger.domain.anchors import is_named_after
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_verify
from compliance.ledger.domain.merkle import tree_root
from compliance.ledger.errors import AnchorError, CheckpointError
from compliance.ledger.models import AnchorAct, AnchorKind, AuditAnchor, AuditCheckpoint
from compliance.ledger.selectors.anchors import anchors_laid, checkpoints_current, epoch_origin
from compliance.ledger.selectors.tree import TreeReader, tree_size

_NEWEST: Final = 500
_LONGEST_ERROR: Final = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """One copy that isn't what the log says."""

    kind: AnchorKind
    place: str
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of reading copies back: how many were read, and which differ."""

    kind: AnchorKind
    read: int
    differences: tuple[Difference, ...]


def anchors_check(*, now: datetime, newest: int = _NEWEST) -> list[Comparison]:
    """Compare the newest copies of each kind that can be read with the log, and note what came of it.

    Both those that lie there and those that should are looked at. A place that can't be reached is a
    difference too: nobody knows what lies there.

    Raises:
        SignerUnavailableError: Nobody can say whose signatures count.
    """
    keys = [NoteKey(epoch_origin(), key.spki) for key in signer_current().keys()]  # noqa: SIM118 (no dict)
    comparisons = [_compare(kind, newest, keys) for kind, is_on in _kinds().items() if is_on]
    latest = checkpoints_current().last()
    if latest is not None:
        for each in comparisons:
            _note(latest, each, now)
    return comparisons


def _note(latest: AuditCheckpoint, comparison: Comparison, now: datetime) -> None:
    said = "; ".join(f"{each.place}: {each.says}" for each in comparison.differences)
    AuditAnchor.objects.create(
        checkpoint=latest,
        kind=comparison.kind,
        act=AnchorAct.COMPARE,
        place=f"{comparison.read} copies",
        at=now,
        error=said[:_LONGEST_ERROR],
    )


def _kinds() -> dict[AnchorKind, bool]:
    return {AnchorKind.FILE: bool(settings.LEDGER_ANCHOR_DIR), AnchorKind.S3: bool(settings.LEDGER_ANCHOR_S3)}


def _compare(kind: AnchorKind, newest: int, keys: Sequence[NoteKey]) -> Comparison:
    read, differences = 0, []
    try:
        place = file_drop() if kind is AnchorKind.FILE else s3_drop()
        if place is None:
            return Comparison(kind, 0, ())
        reader = _Reader(keys)
        for name in _names(kind, place, newest):
            read += 1
            if says := reader.difference(place.read(name)):
                differences.append(Difference(kind, name, says))
    except AnchorError as exc:
        differences.append(Difference(kind, "", exc.message))
    return Comparison(kind, read, tuple(differences))


def _names(kind: AnchorKind, place: AnchorPlace, newest: int) -> Iterator[str]:
    # What lies there of this log, and what should.
    origin = epoch_origin()
    there = [name for name in place.newest(newest) if is_named_after(name, origin)]
    yield from there
    known = anchors_laid().filter(kind=kind).values_list("place", flat=True)[:newest]
    yield from (name for name in known if name not in set(there))


class _Reader:
    """Compares copies with one state of the log."""

    def __init__(self, keys: Sequence[NoteKey]) -> None:
        self._keys = keys
        self._size = tree_size()
        self._tree = TreeReader()

    def difference(self, note: str | None) -> str:
        """Say how a copy differs; empty: it doesn't."""
        if note is None:
            return "it's gone"
        try:
            checkpoint = note_verify(note, self._keys)
        except CheckpointError as exc:
            return exc.message
        return self._tree_difference(checkpoint)

    def _tree_difference(self, checkpoint: Checkpoint) -> str:
        if checkpoint.size > self._size:
            return f"the log had {checkpoint.size} entries, and has {self._size}"
        if checkpoint.root != tree_root(checkpoint.size, self._tree.node):
            return f"the first {checkpoint.size} entries were others"
        return ""
