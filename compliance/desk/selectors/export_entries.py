"""Going through the log for an export, a handful of entries at a time, however many there are."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from compliance.desk.domain.export_entries import Entry, Gone
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.errors import ExportUnsoundError
from compliance.ledger.domain.canonical import Disclosure
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.models import AuditErasure, AuditEvent, AuditLeaf

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


def _found(wish: ExportFilter, sequence: int, number: int, header: bytes, leaf: bytes) -> Found:
    if leaf_hash(header) != leaf:
        raise ExportUnsoundError(f"Entry {sequence} isn't what was hashed: it was changed or taken away.")
    told = json.loads(header)
    return Found(sequence, number, header, told, wish.exclusion_of(told))


def entries_told(found: Collection[Found], *, personal: bool) -> tuple[list[Entry], list[AuditEvent]]:
    """Read what entries tell beyond their headers: each as the pack shows it, with its event.

    Raises:
        ExportUnsoundError: Something is missing for which there is no permit.
    """
    events = {
        event.number: event
        for event in AuditEvent.objects.order_by().filter(number__in=[each.number for each in found])
    }
    # After the events: what was erased while they were read has its permit by now.
    permits = _Permits([each.number for each in found])
    told = [_entry(each, events[each.number], permits, personal=personal) for each in found]
    return told, [events[each.number] for each in found]


def _entry(found: Found, event: AuditEvent, permits: "_Permits", *, personal: bool) -> Entry:
    stored = getattr(event, "content", None)
    if stored is None:
        return Entry(found.sequence, found.header, None, gone=[permits.of(found, "content")])
    content = bytes(stored.content)
    # In the order of their names: the same pack twice is the same bytes.
    disclosed = sorted(event.disclosures.all(), key=lambda each: each.name)
    gone: Sequence[Gone] = ()
    if personal and len(disclosed) < len(json.loads(content).get("_sd", ())):
        gone = [permits.of(found, "disclosures")]
    shown = [Disclosure(each.name, each.salt, each.value) for each in disclosed] if personal else []
    return Entry(found.sequence, found.header, content, shown, gone)


class _Permits:
    """The permits for deletions that touch some events."""

    def __init__(self, numbers: Sequence[int]) -> None:
        touching = AuditErasure.objects.filter(
            first__lte=max(numbers, default=0), last__gte=min(numbers, default=0)
        )
        self._all = list(touching.order_by("pk"))
        said = [each.tombstone_id for each in self._all]
        self._places = dict(AuditLeaf.objects.filter(number__in=said).values_list("number", "sequence"))

    def of(self, found: Found, what: str) -> Gone:
        """Say why something of an entry is gone.

        Raises:
            ExportUnsoundError: Nobody was permitted to take it away.
        """
        for permit in self._all:
            covers = permit.first <= found.number <= permit.last
            if covers and (what == "disclosures" or not permit.disclosures_only):
                return Gone(what, permit.kind, self._places.get(permit.tombstone_id))
        raise ExportUnsoundError(f"Of entry {found.sequence} the {what} are gone, and no record says why.")
