"""One entry of the audit log with all that there is about it; what can be recomputed of it is, each time."""

import hashlib
import json
from dataclasses import dataclass

from compliance.desk.domain.facts import Fact, commitments_read, disclosures_read, facts_read
from compliance.desk.selectors.log_search import places_of
from compliance.ledger.domain.canonical import disclosure_digest, time_written
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.models import AuditCheckpoint, AuditEpoch, AuditErasure, AuditEvent, AuditLeaf
from compliance.ledger.selectors.tree import tree_size
from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.errors import NotFoundError

_HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased of an entry, and which entry says so."""

    permit: AuditErasure
    sequence: int | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry.

    Attributes:
        event: Who did what.
        sequence: Its place.
        size: Entries in the log.
        header: The bytes that the tree hashes, as text.
        content: The bytes that the header commits to, as text; None: they're erased.
        facts: What the content tells.
        personal: Personal values that are still there, and are shown.
        withheld: What the entry commits to those by that aren't shown.
        erased: How many were there and aren't.
        erasures: Permits by which that was done, or the content's erasure.
        checkpoint: The first that covers it; None: none does yet.
        holds: Whether leaf hash, content and personal values are what header and content commit to, and the
            columns by which the log is searched and shown what the header says.
    """

    event: AuditEvent
    sequence: int
    size: int
    header: str
    content: str | None
    facts: tuple[Fact, ...]
    personal: tuple[Fact, ...]
    withheld: tuple[Fact, ...]
    erased: int
    erasures: tuple[Erasure, ...]
    checkpoint: AuditCheckpoint | None
    holds: bool


def log_entry(*, sequence: int, personal: bool) -> LogEntry:
    """Read an entry by its place.

    Args:
        sequence: That.
        personal: With its personal values; else with their commitments alone.

    Raises:
        NotFoundError: The log isn't that long.
    """
    leaf = AuditLeaf.objects.filter(sequence=sequence).first() if sequence <= _HIGHEST else None
    if leaf is None:
        raise NotFoundError(f"The audit log has no entry {sequence}.")
    event = AuditEvent.objects.get(number=leaf.number)
    header = bytes(event.header)
    row = getattr(event, "content", None)
    content = bytes(row.content) if row else None
    commitments = set(json.loads(content).get("_sd", ())) if content else set()
    kept = list(event.disclosures.all())
    committed = {each.name: disclosure_digest(each.name, each.salt, each.value) for each in kept}
    digests = set(committed.values())
    hashes = {leaf_hash(header), bytes(event.leaf_hash), bytes(leaf.leaf_hash)}
    return LogEntry(
        event=event,
        sequence=sequence,
        size=tree_size(),
        header=header.decode(),
        content=content.decode() if content else None,
        facts=facts_read(json.loads(content)["facts"]) if content else (),
        personal=disclosures_read((each.name, each.value) for each in kept) if personal else (),
        withheld=() if personal else commitments_read(committed.items()),
        erased=len(commitments - digests),
        erasures=_erasures(event.number) if content is None or commitments - digests else (),
        checkpoint=checkpoint_over(sequence),
        holds=len(hashes) == 1
        and digests <= commitments
        and _commits(header, content)
        and _columns_told(event) == _header_told(header),
    )


def checkpoint_over(sequence: int) -> AuditCheckpoint | None:
    """Find the first checkpoint of the present log that covers an entry."""
    epoch = AuditEpoch.objects.last()
    covering = AuditCheckpoint.objects.filter(origin=epoch.origin if epoch else "", size__gt=sequence)
    found: AuditCheckpoint | None = covering.order_by("size").first()
    return found


def _commits(header: bytes, content: bytes | None) -> bool:
    """Whether a header commits to a content; one that is erased contradicts nothing."""
    return content is None or json.loads(header)["content"] == b64url_encode(hashlib.sha256(content).digest())


def _header_told(header: bytes) -> tuple[str, ...]:
    """Read what a header says, in the order of the columns that copy it."""
    said = json.loads(header)
    actor, subject = said["actor"], said["object"]
    who = (actor["kind"], actor["id"], said["app"])
    return (said["at"], said["action"], said["outcome"], *who, subject["type"], subject["id"])


def _columns_told(event: AuditEvent) -> tuple[str, ...]:
    who = (event.actor_kind, event.actor_id, event.app_id)
    what = (time_written(event.at), event.action, event.outcome)
    return (*what, *who, event.object_type, event.object_id)


def _erasures(number: int) -> tuple[Erasure, ...]:
    permits = list(
        AuditErasure.objects
        .filter(first__lte=number, last__gte=number)
        .select_related("tombstone")
        .order_by("pk")
    )
    places = places_of([permit.tombstone_id for permit in permits])
    return tuple(Erasure(permit, places.get(permit.tombstone_id)) for permit in permits)
