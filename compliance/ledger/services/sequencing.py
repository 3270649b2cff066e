"""Giving events their places in the log: dense, once, by one at a time.

PostgreSQL: whoever writes an event only leaves its number in the outbox (a trigger does), so writers never
wait for each other. The sequencer takes what is committed, under an advisory lock, and deletes it from there
in the same transaction. So a late commit isn't passed over: it's still in the outbox the next time. (Going by
transaction ids instead, as "everything older than the oldest one running", would let one long transaction of
anybody's hold up every release.) Two sequencers take turns; without the lock, the second one's places would
be refused by key and trigger.

SQLite has one writer at a time, so an event gets its place in the transaction that writes it.
"""

from typing import Final

from django.db import connection, transaction

from compliance.ledger.domain.tiles import tile_root, tiles_filled
from compliance.ledger.models import AuditEvent, AuditLeaf, AuditTile
from compliance.ledger.selectors.tree import tile_hashes, tree_size
from compliance.ledger.services.locking import Turn, turn_take

_MOST_AT_ONCE: Final = 20_000
_TAKE: Final = """
    WITH taken AS (
        DELETE FROM ledger_auditpending
        WHERE number IN (SELECT number FROM ledger_auditpending ORDER BY number LIMIT %s)
        RETURNING number
    )
    INSERT INTO ledger_auditleaf (sequence, number, leaf_hash)
    SELECT %s - 1 + row_number() OVER (ORDER BY event.number), event.number, event.leaf_hash
    FROM taken JOIN ledger_auditevent event USING (number)
    ORDER BY event.number
"""


def event_sequence(event: AuditEvent) -> None:
    """Give an event its place in the transaction that writes it, where there's one writer at a time."""
    if connection.vendor != "sqlite":
        return
    size = tree_size()
    AuditLeaf(sequence=size, number=event.number, leaf_hash=event.leaf_hash).save(force_insert=True)
    _tiles_complete(size, size + 1)


def events_sequence() -> int:
    """Give all committed events that have none their places; returns how many."""
    if connection.vendor == "sqlite":
        return 0
    total = 0
    while taken := _some_sequence():
        total += taken
        if taken < _MOST_AT_ONCE:
            break
    return total


@transaction.atomic
def _some_sequence() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_auditpending LIMIT 1")
        if cursor.fetchone() is None:
            return 0
        turn_take(Turn.SEQUENCING)
        size = tree_size()
        cursor.execute(_TAKE, [_MOST_AT_ONCE, size])
        taken: int = cursor.rowcount
    _tiles_complete(size, size + taken)
    return taken


def _tiles_complete(before: int, after: int) -> None:
    """Write every tile that became full while the log grew."""
    for level, index in tiles_filled(before, after):
        data = tile_hashes(level, index)
        AuditTile(level=level, index=index, data=data, root=tile_root(data)).save(force_insert=True)
