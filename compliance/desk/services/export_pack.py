"""Writing the files of a pack, entry by entry: memory doesn't grow with the log."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from compliance.desk.backends.export_files import HashedFile
from compliance.desk.domain.csv_format import csv_stream
from compliance.desk.domain.export_entries import CSV_COLUMNS, Entry, header_line
from compliance.desk.domain.export_manifest import Tally
from compliance.desk.domain.report_layout import ROWS_PRINTED_AT_MOST
from compliance.desk.errors import ExportUnsoundError
from compliance.desk.models import Export
from compliance.desk.selectors.export_entries import Found, entries_found, entries_told
from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.domain.merkle import CompactRange, leaf_hash
from compliance.ledger.models import AuditEvent
from compliance.ledger.selectors import actor_names
from compliance.ledger.selectors.tree import TreeReader
from releaseconsole.kernel import clock

_EVENTS, _HEADERS, _CSV = "events.jsonl", "headers.jsonl", "events.csv"


@dataclass(slots=True)
class Written:
    """What is known once the entries are in their files.

    Attributes:
        tally: How many of what.
        printed: The first rows of the table, for the report.
        erasures: Places of the entries that say what was erased of these.
    """

    tally: Tally = field(default_factory=Tally.begin)
    printed: list[list[str]] = field(default_factory=list)
    erasures: set[int] = field(default_factory=set)


class PackFolder:
    """The folder in which a pack is put together."""

    def __init__(self, folder: Path) -> None:
        self.path: Final = folder
        self.files: dict[str, dict[str, str | int]] = {}

    def add(self, name: str, data: bytes) -> None:
        """Write a small file, in the place of one of that name."""
        (self.path / name).unlink(missing_ok=True)
        file = HashedFile(self.path / name)
        file.write(data)
        self.files[name] = file.close()

    def begin(self, name: str) -> HashedFile:
        """Begin a large one."""
        return HashedFile(self.path / name)


def entries_write(export: Export, folder: PackFolder, *, tick: Callable[[int], None]) -> Written:
    """Write the entries that an export covers, and make sure that they're the ones that were signed.

    Args:
        export: With its checkpoint and the entries that it covers.
        folder: Where to.
        tick: Told again and again how many are done; what it raises ends this.

    Raises:
        ExportUnsoundError: What is in the tables isn't what the checkpoint was signed over.
        ValueError: Nobody said which entries.
    """
    first, end, checkpoint = export.first, export.end, export.checkpoint
    if first is None or end is None or checkpoint is None:
        raise ValueError("an export is scoped before it's written")
    reader = TreeReader()
    tree = CompactRange.resume(first, reader.node)
    with _Writer(folder, personal=export.personal) as writer:
        for batch in entries_found(export.wish, first=first, end=end):
            for each in batch:
                tree.append(leaf_hash(each.header))
            writer.write(batch)
            tick(batch[-1].sequence + 1 - first)
    if tree.root() != CompactRange.resume(end, reader.node).root():
        raise ExportUnsoundError("The tree above these entries isn't the one that they make.")
    return writer.written


class _Writer:
    """The three files of entries, written at once."""

    def __init__(self, folder: PackFolder, *, personal: bool) -> None:
        self._files: Final = {name: folder.begin(name) for name in (_EVENTS, _HEADERS, _CSV)}
        self._folder, self._personal = folder, personal
        self.written = Written()
        for text in csv_stream(CSV_COLUMNS, ()):
            self._files[_CSV].write(text.encode())

    def write(self, batch: Sequence[Found]) -> None:
        """Write some entries, in their order."""
        tally = self.written.tally
        shown = [each for each in batch if each.exclusion is None]
        for each in batch:
            if each.exclusion is not None:
                self._files[_HEADERS].write(header_line(each.sequence, each.header))
                tally.excluded[each.exclusion] += 1
        if shown:
            entries, events = entries_told(shown, personal=self._personal, now=clock.now())
            for entry in entries:
                self.written.erasures |= {gone.said_by for gone in entry.gone}
                self._files[_EVENTS].write(entry.line())
                self._count(entry)
            self._rows(entries, events, [each.told for each in shown])

    def _rows(
        self, entries: Sequence[Entry], events: Collection[AuditEvent], told: Sequence[dict[str, Any]]
    ) -> None:
        # Who somebody is rests outside the log; without personal values it isn't told either.
        names = actor_names(events) if self._personal else {}
        rows = []
        for entry, header in zip(entries, told, strict=True):
            actor = Actor(ActorKind(header["actor"]["kind"]), header["actor"]["id"])
            plain = f"{actor.kind.value.replace('_', ' ')} {actor.id}".strip()
            rows.append(entry.row(header, who=names.get(actor, plain)))
        for text in list(csv_stream(CSV_COLUMNS, rows))[2:]:
            self._files[_CSV].write(text.encode())
        printed = self.written.printed
        printed += rows[: max(0, ROWS_PRINTED_AT_MOST - len(printed))]

    def _count(self, entry: Entry) -> None:
        tally = self.written.tally
        tally.shown += 1
        if entry.content is None:
            tally.content_erased += 1
            return
        committed = len(json.loads(entry.content).get("_sd", ()))
        tally.values_erased += committed - len(entry.disclosures) - entry.withheld
        tally.values_withheld += entry.withheld

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.files |= {name: file.close() for name, file in self._files.items()}
