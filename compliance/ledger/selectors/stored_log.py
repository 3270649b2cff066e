"""The log as the database has it, row by row, for whoever verifies it: raw bytes, in batches, in any length.

Nothing in here trusts what it reads, and nothing goes through the models, which would cost more than hashing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from compliance.ledger.domain.entry_check import DisclosureRow, EntryRow

# A multiple of a tile's width. Larger ones are no faster.
BATCH: Final = 4096

# As headers write a time (domain.canonical.time_written).
_AT: Final = {
    "postgresql": """to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "sqlite": """
        substr(event.at, 1, 10) || 'T' || substr(event.at || '.000000', 12, 15) || 'Z'
    """,
}
_ENTRIES: Final = """
    SELECT leaf.sequence, leaf.number, leaf.leaf_hash, event.header, event.leaf_hash, {at},
        event.action, event.outcome, event.actor_kind, event.actor_id, event.app_id, event.object_type,
        event.object_id, content.content
    FROM ledger_auditleaf leaf
    LEFT JOIN ledger_auditevent event ON event.number = leaf.number
    LEFT JOIN ledger_auditcontent content ON content.event_id = leaf.number
    WHERE leaf.sequence > %s AND leaf.sequence <= %s
    ORDER BY leaf.sequence LIMIT %s
"""
_DISCLOSURES: Final = """
    SELECT disclosure.event_id, disclosure.name, disclosure.salt, {value}
    FROM ledger_auditleaf leaf JOIN ledger_auditdisclosure disclosure ON disclosure.event_id = leaf.number
    WHERE leaf.sequence BETWEEN %s AND %s
"""
_VALUE: Final = {"postgresql": "disclosure.value::text", "sqlite": "disclosure.value"}
_TILES: Final = """
    SELECT "index", data, root FROM ledger_audittile
    WHERE level = %s AND "index" BETWEEN %s AND %s
"""
# Whatever belongs to no entry: rows that no reading of the log would ever come by.
_EVENTS_WITHOUT_PLACE: Final = """
    SELECT event.number FROM ledger_auditevent event
    WHERE NOT EXISTS (SELECT 1 FROM ledger_auditleaf leaf WHERE leaf.number = event.number)
        AND (event.at < %s OR NOT EXISTS (
            SELECT 1 FROM ledger_auditpending pending WHERE pending.number = event.number
        ))
    ORDER BY event.number LIMIT %s
"""
_WITHOUT_EVENT: Final = """
    SELECT DISTINCT event_id FROM {table} part
    WHERE NOT EXISTS (SELECT 1 FROM ledger_auditevent event WHERE event.number = part.event_id)
    ORDER BY event_id LIMIT %s
"""
_PENDING_LEFT: Final = """
    SELECT pending.number FROM ledger_auditpending pending
    LEFT JOIN ledger_auditevent event ON event.number = pending.number
    WHERE event.number IS NULL OR event.at < %s
        OR EXISTS (SELECT 1 FROM ledger_auditleaf leaf WHERE leaf.number = pending.number)
    ORDER BY pending.number LIMIT %s
"""


def entries_stored(*, begin: int, end: int) -> Iterator[list[EntryRow]]:
    """Read the entries from `begin` to before `end`, whatever gaps there are.

    Yields:
        Batches of them, in order.
    """
    query = _ENTRIES.format(at=_AT[connection.vendor])
    last = begin - 1
    while rows := _rows(query, [last, end - 1, BATCH]):
        yield [EntryRow._make(row) for row in rows]
        last = rows[-1][0]


def disclosures_stored(*, first: int, last: int) -> dict[int, list[DisclosureRow]]:
    """Read what entries `first` to `last` disclose, by the number of their event."""
    found: dict[int, list[DisclosureRow]] = {}
    for row in _rows(_DISCLOSURES.format(value=_VALUE[connection.vendor]), [first, last]):
        found.setdefault(row[0], []).append(DisclosureRow._make(row))
    return found


def tiles_stored(*, level: int, first: int, last: int) -> dict[int, tuple[bytes, bytes]]:
    """Read data and root of tiles side by side, by their index."""
    return {index: (data, root) for index, data, root in _rows(_TILES, [level, first, last])}


def events_without_place(*, before: datetime, most: int) -> list[int]:
    """Find events that have no place in the log, and aren't waiting for it or are older than `before`."""
    return _numbers(_EVENTS_WITHOUT_PLACE, [_moment(before), most])


def parts_without_event(table: str, *, most: int) -> list[int]:
    """Find contents or disclosures (`table`) of events that aren't there."""
    return _numbers(_WITHOUT_EVENT.format(table=table), [most])


def pending_left(*, before: datetime, most: int) -> list[int]:
    """Find what the outbox holds although its time is over, or its event has its place or is gone."""
    return _numbers(_PENDING_LEFT, [_moment(before), most])


def _numbers(query: str, params: Sequence[Any]) -> list[int]:
    return [row[0] for row in _rows(query, params)]


def _rows(query: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _moment(at: datetime) -> str | datetime | None:
    return connection.ops.adapt_datetimefield_value(at)
