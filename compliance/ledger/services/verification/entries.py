"""Entry by entry: what each says, what it discloses, what of it was erased, and whether any is missing."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from compliance.ledger.domain.entry_check import EntryCheck, EntryRow, disclosures_check, entry_check
from compliance.ledger.domain.merkle import HASH_BYTES
from compliance.ledger.domain.tiles import TILE_HEIGHT
from compliance.ledger.domain.verification import Check, Findings
from compliance.ledger.models import AuditLeaf, AuditTile
from compliance.ledger.selectors.stored_log import (
    disclosures_stored,
    entries_stored,
    events_without_place,
    parts_without_event,
    pending_left,
)
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.services.verification.erasures import Permits
from compliance.ledger.services.verification.tree import TreeWatch

# The sequencer comes by every other second.
_SEQUENCED_WITHIN: Final = timedelta(minutes=1)
_MOST_OF_A_KIND: Final = 20


def entries_check(
    findings: Findings, tree: TreeWatch, *, begin: int, end: int, progress: Callable[[int], None] | None
) -> None:
    """Check the entries from `begin` to before `end`, and let the tree grow by them."""
    due = begin
    for rows in entries_stored(begin=begin, end=end):
        if rows[-1].sequence - rows[0].sequence + 1 != len(rows) or rows[0].sequence != due:
            _gaps_note(findings, rows, due)
            tree.stop()
        _batch_check(findings, rows)
        leaves = [row.leaf for row in rows]
        if all(type(leaf) is bytes and len(leaf) == HASH_BYTES for leaf in leaves):
            tree.take(leaves)
        else:  # said of its entry already
            tree.stop()
        due = rows[-1].sequence + 1
        if progress:
            progress(due)
    if due < end:
        _missing_note(findings, due, end)


def leftovers_check(findings: Findings, *, now: datetime) -> None:
    """Look for what belongs to no entry: events without a place, parts without an event, tiles too many."""
    before = now - _SEQUENCED_WITHIN
    for number in events_without_place(before=before, most=_MOST_OF_A_KIND):
        findings.add(Check.PLACE, f"Event {number} has no place in the log.", _place_near(number))
    for number in pending_left(before=before, most=_MOST_OF_A_KIND):
        findings.add(Check.PLACE, f"Event {number} still waits for its place.", _place_near(number))
    for table in ("ledger_auditcontent", "ledger_auditdisclosure"):
        for number in parts_without_event(table, most=_MOST_OF_A_KIND):
            what = "Content" if table.endswith("content") else "A disclosure"
            findings.add(
                Check.CONTENT, f"{what} is there of event {number}, which isn't.", _place_near(number)
            )
    tiles = AuditTile.objects.order_by("-level", "-index").values_list("level", "index")
    for level in tiles.values_list("level", flat=True).distinct().order_by("level"):
        last = tiles.filter(level=level).values_list("index", flat=True).first() or 0
        first = last << TILE_HEIGHT * (level + 1)
        if last < 0 or first + (1 << TILE_HEIGHT * (level + 1)) > tree_size():
            findings.add(
                Check.TILE, f"Tile {level}/{last} is there, and the log isn't that long.", max(first, 0)
            )


def _batch_check(findings: Findings, rows: Sequence[EntryRow]) -> None:
    disclosed = disclosures_stored(first=rows[0].sequence, last=rows[-1].sequence)
    erased: list[tuple[EntryRow, EntryCheck, int]] = []
    for row in rows:
        found = entry_check(row)
        faults = list(found.faults)
        missing = 0
        if found.digests or row.number in disclosed:
            more, missing = disclosures_check(
                found.digests, disclosed.get(row.number, ()), is_content_missing=found.is_content_missing
            )
            faults += more
        if missing or found.is_content_missing:
            erased.append((row, found, missing))
        for fault in faults:
            findings.add(fault.check, f"Entry {row.sequence}: {fault.said}.", row.sequence)
    if erased:
        _erased_check(findings, erased)


def _erased_check(findings: Findings, erased: Sequence[tuple[EntryRow, EntryCheck, int]]) -> None:
    """Look for the permits, now: what went while this ran has one by now."""
    permits = Permits([row.number for row, _, _ in erased])
    for row, found, missing in erased:
        if found.is_content_missing and not permits.covers_content(row.number):
            said = "its content is gone, and nothing says that it was erased"
            findings.add(Check.ERASURE, f"Entry {row.sequence}: {said}.", row.sequence)
        if missing and not permits.covers_disclosures(row.number, missing):
            said = f"{missing} of the values it commits to are gone, and nothing says that they were erased"
            findings.add(Check.ERASURE, f"Entry {row.sequence}: {said}.", row.sequence)


def _gaps_note(findings: Findings, rows: Sequence[EntryRow], due: int) -> None:
    for row in rows:
        if row.sequence != due:
            _missing_note(findings, due, row.sequence)
        due = row.sequence + 1


def _missing_note(findings: Findings, first: int, end: int) -> None:
    which = f"entry {first} is" if end - first == 1 else f"entries {first} to {end - 1} are"
    findings.add(Check.PLACE, f"The order of the log has a hole: {which} missing.", first)


def _place_near(number: int) -> int | None:
    """Where in the log something about this event would be."""
    after = AuditLeaf.objects.filter(number__gte=number).order_by("number").values_list("sequence", flat=True)
    return after.first()
