"""Telemetry on its way: what Redis holds of a device until the database has it, and what was set aside."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from releaseconsole.personal_data import DataClass, Found, Identifier, Kept, Needles, Row, Subject, needles_of
from updates.backends.events import (
    DEAD_LETTER_STREAM,
    SIGHTING_STREAM,
    stream_entries_delete,
    stream_entries_naming,
)
from updates.backends.failures import FailedVersion, failures_among, failures_listed, failures_put
from updates.backends.redis import EVENT_STREAM

_FAILED: Final = "rc:failed:*"
_DRAINED: Final = (EVENT_STREAM, SIGHTING_STREAM)


class PassingTelemetry:
    """Streams of reports and checks, the letters that nobody could store, and the copy of failures.

    What waits in the two streams is stored by the next drain, which drops what is said of erased devices; so
    erasing here empties them of nothing by itself. `erasure` drains first.
    """

    name: Final = "telemetry on its way"
    data_class: Final = DataClass.TRANSIENT
    holds: Final = (
        "Reports and update checks in Redis until the database has them, those that couldn't be stored, and "
        "which devices a version failed on. Web processes hold forced devices and members of channels in "
        "memory until the next change of the decision table, seconds later."
    )
    retention: Final = (
        "Seconds; what couldn't be stored: the newest 10,000. The append-only file until rewritten."
    )
    fields: Sequence[str] = ()

    def find(self, subject: Subject, /) -> Found:
        """Count entries and set members that name one of their devices."""
        needles = _needles(subject)
        counts = {
            stream: sum(1 for _ in stream_entries_naming(stream, needles))
            for stream in (*_DRAINED, DEAD_LETTER_STREAM)
        }
        failed = sum(len(_failed(subject, version)) for version in failures_listed())
        return Found({**counts, _FAILED: failed})

    def export(self, subject: Subject, /) -> Iterator[Row]:
        """Say how much waits; a second later it's in the tables.

        Yields:
            One row for each place with something in it.
        """
        for place, count in self.find(subject).counts.items():
            if count:
                yield Row(place, {"entries": count})

    def erase(self, subject: Subject, request: str, /) -> Found:  # noqa: ARG002 (nothing is written)
        """Delete what was set aside, and take their devices out of the copy of failures."""
        needles = _needles(subject)
        letters = list(stream_entries_naming(DEAD_LETTER_STREAM, needles))
        stream_entries_delete(DEAD_LETTER_STREAM, letters)
        gone = 0
        for version in failures_listed():
            failed = _failed(subject, version)
            if failed:
                failures_put(version, failed=(), cleared=failed, begins=False)
            gone += len(failed)
        return Found({**dict.fromkeys(_DRAINED, 0), DEAD_LETTER_STREAM: len(letters), _FAILED: gone})

    def kept(self, subject: Subject, /) -> Sequence[Kept]:  # noqa: ARG002 (nothing stays)
        """Keep nothing."""
        return ()

    def related(self, subject: Subject, /) -> Subject:  # noqa: ARG002 (nothing is learned here)
        """Learn nothing."""
        return Subject()

    def everybody(self) -> Iterable[tuple[Identifier, Subject]]:
        """Name nobody: a moment later the tables do."""
        return ()


def _needles(subject: Subject) -> Needles:
    """Entries say which device of which app they're from: an id that is short is theirs, too."""
    by_app: dict[str, set[str]] = {}
    for each in subject.devices:
        by_app.setdefault(each.app_id, set()).add(each.id)
    theirs = {app_id: frozenset(ids) for app_id, ids in by_app.items()}
    return Needles(needles_of(subject).said, theirs)


def _failed(subject: Subject, version: FailedVersion) -> set[str]:
    theirs = [device.id for device in subject.devices if device.app_id == version.app_id]
    return failures_among(version, theirs) if theirs else set()
