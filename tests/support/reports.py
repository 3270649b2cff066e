"""A report as the desk would make it, of nothing in particular."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

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
    SignOff,
    Table,
)

EVENT_COLUMNS = (
    Column(header="Sequence", kind=ColumnKind.NUMBER),
    Column(header="At", kind=ColumnKind.TIME),
    Column(header="Who"),
    Column(header="Action", kind=ColumnKind.CODE),
    Column(header="Outcome"),
    Column(header="Object"),
    Column(header="Leaf hash", kind=ColumnKind.CODE),
)


def events(count: int) -> list[list[str]]:
    """Rows of an audit log, as a report of events has them."""
    return [
        [
            str(10_422 + number),
            "2026-10-01 08:31:00+01:00",
            "Audra Lindqvist",
            "updates:release:publish",
            "done",
            "app com.example.clinic",
            f"{number:016x}",
        ]
        for number in range(count)
    ]


def table(rows: list[list[str]], **changes: Any) -> Table:
    """These rows under one column each, or as the test wants it."""
    width = len(rows[0]) if rows else 1
    columns = EVENT_COLUMNS if width == len(EVENT_COLUMNS) else (Column(header="Who"),) * width
    return replace(Table(title="Events", columns=columns, rows=rows), **changes)


def report(*tables: Table, **changes: Any) -> Report:
    """A report with these tables."""
    sample = Report(
        id="R4-2026-11-30-7F3A",
        kind="R4",
        title="Every operation of signing keys",
        about="Who used a signing key.",
        system="https://updates.example.com",
        tenant="Example Clinics",
        version="Release Console 0.1.0",
        scope="3 apps of 3",
        period=Period(
            begins_at=datetime(2026, 10, 1, tzinfo=UTC),
            ends_at=datetime(2027, 1, 1, tzinfo=UTC),
            zone="Etc/UTC",
        ),
        filter="Actions that begin with signing:key, of every app.",
        policy="Preset regulated, no exceptions.",
        run_by="Audra Lindqvist",
        run_at=datetime(2026, 11, 30, 4, 45, 12, tzinfo=UTC),
        counts=Counts(found=63, shown=60, excluded=(Exclusion(count=3, reason="erased on request"),)),
        log=LogPosition(
            first=10_422,
            last=11_803,
            size=18_200,
            root="9f" * 32,
            key="4b" * 32,
            checkpoint="updates.example.com/log\n18200\nnzwerVnMPjQ=\n\n— updates.example.com/log Az3grl==\n",
        ),
        data=DataFile(name="events.jsonl", sha256="e3b0c442" * 8),
        verify="python3 verify.py R4.zip",
        limits=("This report does not show what happened outside of this console.",),
        figures=(Figure(value="60", label="events", note="of 63"),),
        tables=tables,
        sign_offs=(SignOff(act="Prepared", name="Audra Lindqvist", role="Officer"), SignOff(act="Approved")),
    )
    return replace(sample, **changes)
