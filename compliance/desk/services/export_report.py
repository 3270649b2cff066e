"""The report for people in a pack: what was asked for, what was found, and the first of it."""

import json
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from accounts.selectors.policy import assurance_statement
from compliance.desk.domain.export_entries import CSV_COLUMNS
from compliance.desk.domain.export_filter import EXCLUSIONS
from compliance.desk.domain.export_manifest import VERIFY_COMMAND, Tally
from compliance.desk.domain.report_content import (
    Column,
    ColumnKind,
    Counts,
    DataFile,
    Exclusion,
    Figure,
    LogPosition,
    Period,
    Report,
    Table,
)
from compliance.desk.models import Export
from compliance.desk.services.export_pack import Written
from compliance.ledger.domain.phrases import particulars
from compliance.ledger.models import AuditCheckpoint, AuditEvent, AuditLeaf
from updates.models import App

# Of the columns of events.csv, those that fit on paper.
_PRINTED: Final = {
    "sequence": Column(header="Entry", kind=ColumnKind.NUMBER),
    "at": Column(header="When (UTC)", kind=ColumnKind.TIME),
    "who": Column(header="Who"),
    "did": Column(header="What"),
    "outcome": Column(header="Outcome"),
    "app": Column(header="App", kind=ColumnKind.CODE),
    "object_type": Column(header="Object"),
    "object_id": Column(header="Id", kind=ColumnKind.CODE),
}
_LIMITS: Final = (
    "This report does not show what was never recorded: it proves what the log holds.",
    "The period goes by the times in the entries, as the console's clock had them.",
    "Names, and what happened in words, are those of the day of the export. Entries have ids and actions.",
    "Content that was erased, by retention or on a request for deletion, isn't shown. That it was there is.",
    "These rows are for reading. events.jsonl is the record, which signature and proofs cover.",
)


def export_report(export: Export, *, written: Written, events_sha256: str, key_sha256: str) -> Report:
    """Compose the report of an export whose entries are written.

    Args:
        export: Which.
        written: What is known of its entries.
        events_sha256: Of the file with all of them.
        key_sha256: Of the key that signed the checkpoint.

    Raises:
        ValueError: They aren't.
    """
    checkpoint, tally = export.checkpoint, written.tally
    if checkpoint is None or export.end is None or export.first is None:
        raise ValueError("a report is of an export that is written")
    covered = export.end - export.first
    return Report(
        id=str(export.pk),
        title="Entries of the audit log",
        about=f"Ordered for this reason: {export.reason}",
        system=settings.PUBLIC_URL,
        tenant=urlsplit(settings.PUBLIC_URL).hostname or "",
        version=f"Release Console {settings.VERSION}",
        scope=_scope(export),
        period=report_period(export, checkpoint),
        filter=export.wish.words(),
        run_by=export.ordered_by.name,
        run_at=export.alive_at or export.ordered_at,
        policy=assurance_statement(),
        counts=Counts(found=covered, shown=tally.shown, excluded=_excluded(tally)),
        log=LogPosition(
            first=export.first if covered else None,
            last=export.end - 1 if covered else None,
            size=checkpoint.size,
            root=bytes(checkpoint.root).hex(),
            key=key_sha256,
            checkpoint=checkpoint.note,
        ),
        data=DataFile(name="events.jsonl", sha256=events_sha256),
        verify=VERIFY_COMMAND,
        limits=(*_LIMITS, *_missing(tally, personal=export.personal)),
        figures=(
            Figure(value=f"{covered:,}", label="entries covered"),
            Figure(value=f"{tally.shown:,}", label="shown"),
            Figure(value=f"{sum(tally.excluded.values()):,}", label="left out, provably"),
        ),
        tables=(_table(export, written),),
    )


def _excluded(tally: Tally) -> tuple[Exclusion, ...]:
    return tuple(
        Exclusion(count=tally.excluded[why], reason=why) for why in EXCLUSIONS if tally.excluded[why]
    )


def _missing(tally: Tally, *, personal: bool) -> list[str]:
    """Say how much of what these entries once told isn't in the pack, and why."""
    erased = (
        f"Of these entries, {tally.content_erased:,} have lost their content,"
        f" and {tally.values_erased:,} personal values were erased."
    )
    withheld = (
        f"Personal values and free text were not asked for: {tally.values_withheld:,} that were not erased"
        " are withheld. Their commitments are in the entries."
    )
    return [erased] if personal else [erased, withheld]


def _table(export: Export, written: Written) -> Table:
    return Table(
        title="Entries",
        columns=tuple(_PRINTED.values()),
        rows=[_printed(dict(zip(CSV_COLUMNS, row, strict=True))) for row in written.printed],
        total=written.tally.shown,
        empty=f"0 entries; sequence {export.first} to before {export.end} checked. That is the result.",
        about="Each with its place in the log. All of them, with what they tell, are in events.jsonl.",
    )


def _printed(row: dict[str, str]) -> list[str]:
    """Write a row for paper: to the second, and with what tells it apart from its like."""
    more = particulars(json.loads(row["facts"])) if row["facts"] else ""
    told = row | {
        "at": row["at"][: len("2026-11-30T09:15:02")].replace("T", " "),
        "did": f"{row['did']}: {more}" if more else row["did"],
    }
    return [told[name] for name in _PRINTED]


def report_period(export: Export, checkpoint: AuditCheckpoint) -> Period:
    """Write an open end as what it is: the first entry, or the checkpoint."""
    begins_at = export.period_from
    if begins_at is None:
        number = AuditLeaf.objects.get(sequence=0).number
        begins_at = AuditEvent.objects.get(number=number).at
    return Period(begins_at=begins_at, ends_at=export.period_before or checkpoint.signed_at, zone=export.zone)


def _scope(export: Export) -> str:
    apps, wanted = App.objects.count(), export.values.get("app")
    return f"{len(wanted)} of {apps} apps" if wanted else f"{apps} of {apps} apps, and the console itself"
