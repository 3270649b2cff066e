"""The log for machines: entries in their order, none left out, and what proves them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from compliance.desk.errors import CursorAheadError
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.domain.merkle import consistency_proof
from compliance.ledger.models import AuditCheckpoint, AuditEpoch, AuditEvent, AuditLeaf
from compliance.ledger.selectors.tree import TreeReader, tree_size
from releaseconsole.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry with its event."""

    sequence: int
    event: AuditEvent


@dataclass(frozen=True, slots=True)
class Consistency:
    """That a log of `second` entries begins with the one of `first`.

    Attributes:
        first: Entries of the earlier one.
        second: Entries of the later one.
        path: The proof (RFC 9162, section 2.1.4).
    """

    first: int
    second: int
    path: list[bytes]


def feed_entries(*, after: int, limit: int) -> Iterator[FeedEntry]:
    """Read the entries after a place, in order and without a gap; the very first is after -1.

    Yields:
        Entries.

    Raises:
        CursorAheadError: The log ends before that place: it isn't the log that the cursor is from.
    """
    size = tree_size()
    if after >= size:
        raise CursorAheadError(f"The log has {size} entries, so it has none with the number {after}.")
    leaves = AuditLeaf.objects.filter(sequence__gt=after).order_by("sequence")[:limit]
    places = [(leaf.sequence, leaf.number) for leaf in leaves]
    events = AuditEvent.objects.in_bulk([number for _, number in places])
    for sequence, number in places:
        yield FeedEntry(sequence, events[number])


def checkpoint_latest() -> AuditCheckpoint:
    """Find the newest signed checkpoint.

    Raises:
        NotFoundError: Nothing has been signed yet.
    """
    epoch = AuditEpoch.objects.last()
    signed = AuditCheckpoint.objects.filter(origin=epoch.origin if epoch else "")
    latest: AuditCheckpoint | None = signed.order_by("-size").first()
    if latest is None:
        raise NotFoundError("No checkpoint of the audit log has been signed yet.")
    return latest


def consistency_read(*, first: int, second: int | None) -> Consistency:
    """Prove that the log only grew; up to the newest checkpoint unless told otherwise.

    Raises:
        CursorAheadError: The log isn't that long, or the first is the longer one.
        NotFoundError: Nothing has been signed yet.
    """
    until = checkpoint_latest().size if second is None else second
    size = tree_size()
    if not 1 <= first <= until <= size:
        raise CursorAheadError(f"From 1 to {size} entries, the earlier log first.")
    return Consistency(first, until, consistency_proof(first, until, TreeReader().node))


def was_following(*, actor: Actor, since: datetime) -> bool:
    """Whether it's on record that somebody follows the log, since a time."""
    followed = AuditEvent.objects.filter(
        actor_kind=actor.kind.value, actor_id=actor.id, action=Action.LOG_FOLLOWED.value, at__gt=since
    )
    return bool(followed.exists())
