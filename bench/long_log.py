"""Writes a long log into a scratch database as fast as that takes it, byte for byte as the console does.

A third of the entries disclose a value, and each thousand entries there's a checkpoint.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from compliance.ledger.backends.signer import signer_register
from compliance.ledger.backends.witness import witness_start_over
from compliance.ledger.domain.canonical import Disclosure, EventFacts, content_compose, header_compose
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_compose
from compliance.ledger.domain.events import Action, Actor, ActorKind
from compliance.ledger.domain.merkle import CompactRange, leaf_hash
from compliance.ledger.domain.tile_stream import TileStream
from compliance.ledger.models import AuditCheckpoint, AuditEpoch, AuditTile
from releaseconsole.kernel import randomness
from tests.support.append_only import _without_triggers
from tests.support.ledger import SoftwareSigner

BATCH = 10_000
BEGAN = datetime(2026, 2, 1, tzinfo=UTC)
ORIGIN = "bench.example/audit-log"
ACTIONS = (Action.SIGNED_IN, Action.RELEASE_PUBLISHED, Action.BUNDLE_UPLOADED)

EVENT = (
    "ledger_auditevent (number, header, leaf_hash, at, action, outcome, actor_kind, actor_id, app_id,"
    " object_type, object_id)"
)
CONTENT = "ledger_auditcontent (event_id, content)"
DISCLOSURE = "ledger_auditdisclosure (event_id, name, salt, value)"
LEAF = "ledger_auditleaf (sequence, number, leaf_hash)"

Rows = list[tuple[Any, ...]]


def log_write(entries: int) -> None:
    """Write it, in an empty database."""
    signer = SoftwareSigner()
    signer_register(signer)
    AuditEpoch.objects.create(origin=ORIGIN, began_at=BEGAN, began_size=0)
    off, on = _without_triggers(connection)
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement.replace("SET LOCAL", "SET"))
    tree, tiles = CompactRange(), TileStream()
    numbers = iter(range(1, entries + 1))
    while batch := list(islice(numbers, BATCH)):
        with transaction.atomic():
            leaves = _batch_write(batch)
            AuditTile.objects.bulk_create([
                AuditTile(level=tile.level, index=tile.index, data=tile.data, root=tile.root)
                for tile in tiles.extend(leaves)
            ])
            AuditCheckpoint.objects.bulk_create(list(_checkpoints(tree, leaves, signer)))
    witness_start_over(Checkpoint(ORIGIN, tree.size, tree.root()))
    with connection.cursor() as cursor:
        for statement in on:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT" if _is_postgresql() else "PRAGMA optimize")
        cursor.execute("ANALYZE")


def _batch_write(numbers: Sequence[int]) -> list[bytes]:
    events: Rows = []
    contents: Rows = []
    disclosures: Rows = []
    leaves: Rows = []
    for number in numbers:
        said, content, disclosed = _event(number)
        header = header_compose(said, content, event_id=randomness.token_id())
        leaf = leaf_hash(header)
        columns = (
            said.action,
            said.outcome,
            said.actor.kind.value,
            said.actor.id,
            said.app_id,
            *said.subject,
        )
        events.append((number, header, leaf, _at(said.at), *columns))
        contents.append((number, content))
        disclosures += [(number, each.name, each.salt, f'"{each.value}"') for each in disclosed]
        leaves.append((number - 1, number, leaf))
    for table, rows in ((EVENT, events), (CONTENT, contents), (DISCLOSURE, disclosures), (LEAF, leaves)):
        _insert(table, rows)
    return [row[2] for row in leaves]


def _event(number: int) -> tuple[EventFacts, bytes, tuple[Disclosure, ...]]:
    facts: dict[str, Any] = {"version": f"1.{number % 50}.{number % 7}", "channel": "production", "n": number}
    if number % 3 == 0:
        facts["ip"] = f"10.0.{number % 250}.7"
    content, disclosed = content_compose(facts, salt=salt_draw)
    actor = Actor(ActorKind.PERSON, str(number % 40))
    at = BEGAN + timedelta(milliseconds=number * 50)
    subject = ("release", str(number))
    return (
        EventFacts(at, ACTIONS[number % 3].value, "done", actor, "com.example.clinic", subject),
        content,
        disclosed,
    )


def salt_draw() -> str:
    return randomness.token_urlsafe(16)


def _checkpoints(
    tree: CompactRange, leaves: Sequence[bytes], signer: SoftwareSigner
) -> Iterator[AuditCheckpoint]:
    for leaf in leaves:
        tree.append(leaf)
        if tree.size % 1000 == 0:
            checkpoint = Checkpoint(ORIGIN, tree.size, tree.root())
            key, signature = signer.sign(checkpoint.body().encode())
            note = note_compose(checkpoint, [(NoteKey(ORIGIN, key.spki), signature)])
            at = BEGAN + timedelta(milliseconds=tree.size * 50 + 1)
            yield AuditCheckpoint(
                origin=ORIGIN, size=tree.size, root=tree.root(), note=note, signed_at=at, kid=key.kid
            )


def _insert(table: str, rows: Rows) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if _is_postgresql():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 (our own names)


def _at(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"
