"""Moving the streams into the database, so that each entry takes effect exactly once.

One batch is one transaction. Its first statement moves the stream's position from where the batch was read to
where it ends, and moves nothing if another drainer was there first: so at most one drainer works on a stream,
on SQLite as on PostgreSQL, and the row stays locked until the batch is committed. Entries leave Redis only
after the commit. Whatever dies in between, the position says what is done: entries behind it are read again,
entries before it are only deleted.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec
from django.db import DataError, IntegrityError, connection, transaction

from releaseconsole.kernel import clock
from updates.backends.events import (
    SIGHTING_STREAM,
    Entry,
    dead_letter_append,
    report_decode,
    sightings_decode,
    stream_ends_before,
    stream_forget,
    stream_read,
)
from updates.backends.redis import EVENT_STREAM
from updates.models import StreamPosition
from updates.services.telemetry.reports import reports_store
from updates.services.telemetry.sightings import sightings_store

# On SQLite a batch holds the only write lock: small ones with pauses leave the web its turn (docs/adr/0003).
SQLITE_BATCH: Final = 500
SQLITE_PAUSE: Final = 0.05
POSTGRESQL_BATCH: Final = 5000
# The database can't take this content, now or later; a busy or absent database raises something else, and
# the batch stays where it is.
_REFUSED: Final = (DataError, IntegrityError)
_BEGINNING: Final = "0-0"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What a drain moved."""

    events: int = 0
    duplicates: int = 0
    sightings: int = 0
    orphans: int = 0
    dead_letters: int = 0
    suppressed: int = 0

    def __add__(self, other: "DrainReport") -> "DrainReport":
        return DrainReport(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    def __bool__(self) -> bool:
        return any(astuple(self))


@dataclass(frozen=True, slots=True)
class _Source:
    """A stream, how its entries are read, and what stores them."""

    stream: str
    records_per_entry: int
    decode: Callable[[bytes], list[Any]]
    store: Callable[[Sequence[Any]], DrainReport]


def _store_reports(records: Sequence[Any]) -> DrainReport:
    stored = reports_store(records)
    return DrainReport(
        events=stored.new,
        duplicates=stored.duplicates,
        orphans=stored.orphans,
        suppressed=stored.suppressed,
    )


def _store_sightings(records: Sequence[Any]) -> DrainReport:
    stored = sightings_store(records)
    return DrainReport(sightings=stored, orphans=len(records) - stored)


# Sightings first: they say which channel a device is on, and its events are counted there.
_SOURCES: Final = (
    _Source(SIGHTING_STREAM, 100, sightings_decode, _store_sightings),
    _Source(EVENT_STREAM, 1, report_decode, _store_reports),
)


def telemetry_drain(*, at_most: timedelta, pause: Callable[[float], None] = time.sleep) -> DrainReport:
    """Drain until both streams are empty, or for about `at_most`.

    Also ends when another drainer is at work: two of them would only read the same entries twice.
    """
    ends_at = clock.monotonic() + at_most.total_seconds()
    for source in _SOURCES:
        _position_settle(source.stream)
        stream_forget(source.stream, through=_position(source.stream))  # left by a crash after a commit
    total = DrainReport()
    while moved := sum((_drain_batch(source) for source in _SOURCES), DrainReport()):
        total += moved
        if clock.monotonic() >= ends_at:
            break
        if connection.vendor == "sqlite":
            pause(SQLITE_PAUSE)
    return total


def _drain_batch(source: _Source) -> DrainReport:
    size = SQLITE_BATCH if connection.vendor == "sqlite" else POSTGRESQL_BATCH
    position = _position(source.stream)
    entries = stream_read(source.stream, after=position, count=max(1, size // source.records_per_entry))
    if not entries:
        return DrainReport()
    try:
        moved = _commit(source, position, entries)
    except _REFUSED:
        moved = _drain_singly(source, position, entries)
    # Not through the batch's last entry: if another drainer was faster, its batch may have been shorter.
    stream_forget(source.stream, through=_position(source.stream))
    return moved


def _commit(source: _Source, position: str, entries: Sequence[Entry]) -> DrainReport:
    """Store a batch and move the position, in one transaction; store nothing if another drainer did."""
    records: list[Any] = []
    dead: list[tuple[Entry, str]] = []
    for entry in entries:
        try:
            records += source.decode(entry.payload)
        except msgspec.MsgspecError as error:
            dead.append((entry, str(error)))
    with transaction.atomic():
        mine = StreamPosition.objects.filter(stream=source.stream, last_id=position)
        if not mine.update(last_id=entries[-1].id):
            return DrainReport()
        stored = source.store(records) if records else DrainReport()
        for entry, reason in dead:
            dead_letter_append(source.stream, entry, reason)
    return stored + DrainReport(dead_letters=len(dead))


def _drain_singly(source: _Source, position: str, entries: Sequence[Entry]) -> DrainReport:
    """Store a refused batch entry by entry, so that one that the database can't take stops no other."""
    total = DrainReport()
    for entry in entries:
        try:
            total += _commit(source, position, [entry])
        except _REFUSED as error:
            dead_letter_append(source.stream, entry, str(error))
            StreamPosition.objects.filter(stream=source.stream, last_id=position).update(last_id=entry.id)
            total += DrainReport(dead_letters=1)
        position = entry.id
    return total


def _position_settle(stream: str) -> None:
    """Begin at the beginning if Redis lost the stream and begins it anew.

    Its entries are named by its clock. If that is behind the one that named our position, what is reported
    from now on would lie before the position and be deleted unread. What is left of the old stream is read
    again: events are known by their keys, a sighting may count twice.
    """
    position = _position(stream)
    if stream_ends_before(stream, position):
        _log.warning("Stream %s ends before %s: Redis has lost it. Reading it anew.", stream, position)
        StreamPosition.objects.filter(stream=stream, last_id=position).update(last_id=_BEGINNING)


def _position(stream: str) -> str:
    return StreamPosition.objects.get_or_create(stream=stream)[0].last_id
