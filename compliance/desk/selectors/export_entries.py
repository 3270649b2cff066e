"""Going through the log for an export, a handful of entries at a time, however many there are."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from compliance.desk.domain.export_entries import Entry, Gone
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.errors import ExportUnsoundError
from compliance.ledger.domain.canonical import Disclosure
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.errors import VerificationError
from compliance.ledger.models import AuditErasure, AuditEvent, AuditLeaf
from compliance.ledger.selectors.permits import permit_hold, tombstones_read

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as the log has it, and what the export makes of it.

    Attributes:
        sequence: Its place.
        number: Of its event.
        header: The bytes that the tree hashes.
        told: The same, read.
        exclusion: Why it isn't shown; None: it is.
    """

    sequence: int
    number: int
    header: bytes
    told: dict[str, Any]
    exclusion: str | None


def entries_found(wish: ExportFilter, *, first: int, end: int) -> Iterator[list[Found]]:
    """Read entries in order and apply the filter to their headers.

    Yields:
        A batch of them.

    Raises:
        ExportUnsoundError: An entry isn't there, or isn't the one that was hashed.
    """
    for begin in range(first, end, BATCH):
        leaves = list(
            AuditLeaf.objects
            .filter(sequence__gte=begin, sequence__lt=min(begin + BATCH, end))
            .order_by("sequence")
            .values_list("sequence", "number", "leaf_hash")
        )
        numbers = [number for _, number, _ in leaves]
        headers = dict(
            AuditEvent.objects.order_by().filter(number__in=numbers).values_list("number", "header")
        )
        batch = [
            _found(wish, sequence, number, bytes(headers.get(number, b"")), bytes(leaf))
            for sequence, number, leaf in leaves
        ]
        if [each.sequence for each in batch] != list(range(begin, min(begin + BATCH, end))):
            raise ExportUnsoundError(f"Of entries {begin} to {begin + BATCH - 1} of the log, one is missing.")
        yield batch


def _found(wish: ExportFilter | None, sequence: int, number: int, header: bytes, leaf: bytes) -> Found:
    if leaf_hash(header) != leaf:
        raise ExportUnsoundError(f"Entry {sequence} isn't what was hashed: it was changed or taken away.")
    told = json.loads(header)
    return Found(sequence, number, header, told, wish.exclusion_of(told) if wish else None)


def entries_told(
    found: Collection[Found], *, personal: bool, now: datetime
) -> tuple[list[Entry], list[AuditEvent]]:
    """Read what entries tell beyond their headers: each as the pack shows it, with its event.

    Raises:
        ExportUnsoundError: Something is missing, and no entry of the log says that it was erased.
    """
    events = {
        event.number: event
        for event in AuditEvent.objects.order_by().filter(number__in=[each.number for each in found])
    }
    # After the events: what was erased while they were read has its permit by now.
    permits = _Permits([each.number for each in found], now)
    told = [_entry(each, events[each.number], permits, personal=personal) for each in found]
    return told, [events[each.number] for each in found]


def entries_erasing(places: Collection[int], *, now: datetime) -> list[Entry]:
    """Read the entries that say what was erased, the latest first; with those that say so of them in turn.

    Raises:
        ExportUnsoundError: One of them isn't what was hashed, or is gone itself without a record.
    """
    read: dict[int, Entry] = {}
    while wanted := set(places) - read.keys():
        leaves = AuditLeaf.objects.filter(sequence__in=wanted)
        numbered = {leaf.number: leaf for leaf in leaves}
        headers = AuditEvent.objects.order_by().filter(number__in=numbered).values_list("number", "header")
        found = [
            _found(None, numbered[number].sequence, number, bytes(header), bytes(numbered[number].leaf_hash))
            for number, header in headers
        ]
        entries, _ = entries_told(found, personal=False, now=now)
        if wanted != {entry.sequence for entry in entries}:
            raise ExportUnsoundError("An entry that says what was erased is missing.")
        read |= {entry.sequence: entry for entry in entries}
        places = {gone.said_by for entry in entries for gone in entry.gone}
    return [read[place] for place in sorted(read, reverse=True)]


def _entry(found: Found, event: AuditEvent, permits: "_Permits", *, personal: bool) -> Entry:
    stored = getattr(event, "content", None)
    if stored is None:
        return Entry(found.sequence, found.header, None, gone=permits.of_content(found))
    content = bytes(stored.content)
    # In the order of their names: the same pack twice is the same bytes.
    disclosed = sorted(event.disclosures.all(), key=lambda each: each.name)
    gone: Sequence[Gone] = ()
    missing = len(json.loads(content).get("_sd", ())) - len(disclosed)
    if missing > 0:
        gone = permits.of_values(found, missing)
    shown = [Disclosure(each.name, each.salt, each.value) for each in disclosed] if personal else []
    return Entry(found.sequence, found.header, content, shown, gone, len(disclosed) - len(shown))


class _Permits:
    """The permits for deletions that touch some events, each held against the entry that it names."""

    def __init__(self, numbers: Sequence[int], now: datetime) -> None:
        touching = AuditErasure.objects.filter(
            first__lte=max(numbers, default=0), last__gte=min(numbers, default=0)
        )
        self._all: Final = list(touching.order_by("pk"))
        said = {each.tombstone_id for each in self._all}
        self._places: Final = dict(
            AuditLeaf.objects.filter(number__in=said).values_list("number", "sequence")
        )
        self._tombstones: Final = tombstones_read(said)
        self._held: Final[set[int]] = set()
        self._now: Final = now

    def of_content(self, found: Found) -> list[Gone]:
        """Say by which entry the content of one was erased.

        Raises:
            ExportUnsoundError: By none.
        """
        permits = [each for each in self._over(found) if not each.disclosures_only][:1]
        if not permits:
            raise ExportUnsoundError(f"Of entry {found.sequence} its content is gone, and nothing says why.")
        return self._gone(found, permits, "content")

    def of_values(self, found: Found, missing: int) -> list[Gone]:
        """Say by which entries so many personal values of one were erased.

        Raises:
            ExportUnsoundError: They don't say so of so many.
        """
        permits = self._over(found)
        names = {each.name for each in permits}
        if "" not in names and missing > len(names):
            raise ExportUnsoundError(f"Of entry {found.sequence} values are gone, and nothing says why.")
        return self._gone(found, permits, "disclosures")

    def _over(self, found: Found) -> list[AuditErasure]:
        return [each for each in self._all if each.first <= found.number <= each.last]

    def _gone(self, found: Found, permits: Sequence[AuditErasure], what: str) -> list[Gone]:
        for permit in permits:
            self._hold(found, permit)
        said = dict.fromkeys((each.kind, self._places[each.tombstone_id]) for each in permits)
        return [Gone(what, kind, place) for kind, place in said]

    def _hold(self, found: Found, permit: AuditErasure) -> None:
        if permit.pk in self._held:
            return
        try:
            permit_hold(permit, self._tombstones.get(permit.tombstone_id), now=self._now)
        except VerificationError as exc:
            said = f"event {permit.tombstone_id} {exc.message}"
            raise ExportUnsoundError(
                f"Entry {found.sequence} lost something that wasn't erased: {said}."
            ) from exc
        if permit.tombstone_id not in self._places:
            raise ExportUnsoundError("What says that something was erased has no place in the log yet.")
        self._held.add(permit.pk)
