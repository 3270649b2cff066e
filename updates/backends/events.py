"""The two Redis streams between the device gateway and the database.

`rc:events` holds what devices reported and were told is accepted: one record per entry, and nothing is ever
trimmed from it before it is committed to the database. When the worker has fallen so far behind that the
stream is full, new events are refused (the device keeps and repeats them) rather than old ones dropped.
`rc:sightings` holds update checks, many to an entry. A sighting is no promise to anybody: the stream is
capped and its oldest entries go first.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, cast

import msgspec
import redis
from django.conf import settings

from releaseconsole.kernel import clock
from releaseconsole.personal_data import Needles
from releaseconsole.redis_link import redis_client
from updates.backends.redis import ERASED_PASSED_KEY, EVENT_STREAM
from updates.domain.telemetry import DeviceReport, Sighting
from updates.errors import EventsNotAcceptedError

SIGHTING_STREAM: Final = "rc:sightings"
DEAD_LETTER_STREAM: Final = "rc:dead-letters"
SIGHTINGS_PER_ENTRY: Final = 100
MAX_DEAD_LETTERS: Final = 10_000
# How often the length of the event stream is looked at, in seconds: what comes in between is bounded by what
# a machine can accept in that time.
LENGTH_CHECKED_EVERY: Final = 0.5
_FIELD: Final = b"r"
_LOOKED_THROUGH: Final = 1000
# What an event takes in Redis, on average, and the stream itself; one of large events is full with fewer.
_EVENT_BYTES: Final = 300
_STREAM_BYTES: Final = 16_384

_encoder = msgspec.msgpack.Encoder()
_report_decoder = msgspec.msgpack.Decoder(DeviceReport)
_sightings_decoder = msgspec.msgpack.Decoder(list[Sighting])


class Entry(NamedTuple):
    """One stream entry; `payload` is empty if it has none."""

    id: str
    payload: bytes


class _Fullness:
    """Whether the event stream is full, looked up now and then instead of with every event."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._look_again_at = 0.0
        self._full = False

    def check(self) -> None:
        """Raise if the stream is full.

        Raises:
            EventsNotAcceptedError: It was, when last looked at.
        """
        now = clock.monotonic()
        if now >= self._look_again_at:
            with self._lock:
                self._look_again_at = now + LENGTH_CHECKED_EVERY
                self._full = _is_full(EVENT_STREAM)
        if self._full:
            raise EventsNotAcceptedError


_fullness = _Fullness()


def events_append(reports: Sequence[DeviceReport]) -> None:
    """Put events into the stream; when this returns, they survive the death of any of our processes.

    Raises:
        EventsNotAcceptedError: Redis can't be reached, refuses writes, or the stream is full. Some of the
            events may be in the stream nevertheless: repeating all of them is safe.
    """
    if not reports:
        return
    try:
        _fullness.check()
        pipeline = redis_client().pipeline(transaction=False)
        for report in reports:
            pipeline.xadd(EVENT_STREAM, {_FIELD: _encoder.encode(report)})
        pipeline.execute()
    except redis.RedisError as error:
        raise EventsNotAcceptedError from error


def sightings_append(sightings: Sequence[Sighting]) -> None:
    """Put sightings into their stream, at the cost of its oldest ones when it is full.

    Raises:
        EventsNotAcceptedError: Redis can't be reached or refuses writes.
    """
    cap = max(1, settings.EVENT_STREAM_MAX_LENGTH // SIGHTINGS_PER_ENTRY)
    pipeline = redis_client().pipeline(transaction=False)
    for start in range(0, len(sightings), SIGHTINGS_PER_ENTRY):
        payload = _encoder.encode(sightings[start : start + SIGHTINGS_PER_ENTRY])
        pipeline.xadd(SIGHTING_STREAM, {_FIELD: payload}, maxlen=cap, approximate=True)
    try:
        pipeline.execute()
    except redis.RedisError as error:
        raise EventsNotAcceptedError from error


def report_decode(payload: bytes) -> list[DeviceReport]:
    """Read the payload of an entry of the event stream.

    Raises:
        msgspec.MsgspecError: It isn't one.
    """
    return [_report_decoder.decode(payload)]


def sightings_decode(payload: bytes) -> list[Sighting]:
    """Read the payload of an entry of the sighting stream.

    Raises:
        msgspec.MsgspecError: It isn't one.
    """
    return _sightings_decoder.decode(payload)


def stream_read(stream: str, *, after: str, count: int) -> list[Entry]:
    """Read up to `count` entries behind the entry `after`, oldest first."""
    raw = cast(
        "list[tuple[bytes, dict[bytes, bytes]]]", redis_client().xrange(stream, f"({after}", "+", count)
    )
    return [Entry(entry_id.decode(), fields.get(_FIELD, b"")) for entry_id, fields in raw]


def stream_forget(stream: str, *, through: str) -> None:
    """Delete the entries up to and including `through`: call only once their effect is committed."""
    milliseconds, sequence = _place(through)
    redis_client().xtrim(stream, minid=f"{milliseconds}-{sequence + 1}", approximate=False)


def _is_full(stream: str) -> bool:
    most = settings.EVENT_STREAM_MAX_LENGTH
    taken = redis_client().memory_usage(stream) or 0  # None: there is no such stream
    return stream_length(stream) >= most or taken >= _STREAM_BYTES + most * _EVENT_BYTES


def stream_ends_before(stream: str, position: str) -> bool:
    """Tell whether nothing that was ever put into the stream, as Redis knows it, comes up to `position`."""
    try:
        known = cast("dict[str, bytes]", redis_client().xinfo_stream(stream))
    except redis.ResponseError:  # no such stream (any more): the next entry begins it
        return False
    return _place(known["last-generated-id"].decode()) < _place(position)


def _place(entry_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds), int(sequence)


def stream_length(stream: str) -> int:
    """Count the entries of a stream."""
    return redis_client().xlen(stream)


def dead_letter_append(stream: str, entry: Entry, reason: str) -> None:
    """Set aside an entry that can't be stored, for a person to look at."""
    fields: dict[Any, Any] = {"stream": stream, "id": entry.id, "reason": reason[:500], _FIELD: entry.payload}
    redis_client().xadd(DEAD_LETTER_STREAM, fields, maxlen=MAX_DEAD_LETTERS, approximate=True)


def stream_entries_naming(stream: str, needles: Needles) -> Iterator[str]:
    """Go through a stream and name the entries that mention somebody, such as by the id of a device.

    Yields:
        The ids of entries, oldest first.
    """
    after = "-"
    while needles:
        raw = cast(
            "list[tuple[bytes, dict[bytes, bytes]]]",
            redis_client().xrange(stream, after, "+", _LOOKED_THROUGH),
        )
        for entry_id, fields in raw:
            if any(needles.of_apps_in(said).are_in(said) for said in fields.values()):
                yield entry_id.decode()
        if len(raw) < _LOOKED_THROUGH:
            return
        after = f"({raw[-1][0].decode()}"


def stream_entries_delete(stream: str, entry_ids: Sequence[str]) -> None:
    """Delete single entries, which nobody has to store any more."""
    for start in range(0, len(entry_ids), _LOOKED_THROUGH):
        redis_client().xdel(stream, *entry_ids[start : start + _LOOKED_THROUGH])


def erased_passed_note() -> None:
    """Note that something of an erased device went through a stream; nothing says which."""
    redis_client().set(ERASED_PASSED_KEY, b"1")


def erased_passed_take() -> bool:
    """Say whether anything did since the last time this was asked."""
    return bool(redis_client().delete(ERASED_PASSED_KEY))
