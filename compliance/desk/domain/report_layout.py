"""Lays a report out for paper: what is printed where, in which words and how wide; pure, so it can be tested.

The answer is plain data (JSON). Every text in it is printable, and cut into pieces between which a line may
end. The template sets it and adds no facts of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from compliance.desk.domain.printable import Glyphs, breakable, printable
from compliance.desk.domain.report_content import Column, ColumnKind, Report, SignOff, Table

ROWS_PRINTED_AT_MOST: Final = 2_000  # of all tables together: more is paper that nobody reads
_CELL_AT_MOST: Final = 600
_TEXT_AT_MOST: Final = 4_000
_LINE_AT_MOST: Final = 200  # of titles and names
_RUNNING_AT_MOST: Final = 60  # of the title on top of every further page
_TIME: Final = "%-d %B %Y, %H:%M:%S"

# Points. A4 less the margins of the template; a character of its tables on average; both sides of a cell.
_PORTRAIT, _LANDSCAPE = 487.0, 734.0
_CHARACTER: Final = {ColumnKind.TEXT: 4.2, ColumnKind.CODE: 4.6, ColumnKind.NUMBER: 4.4, ColumnKind.TIME: 4.4}
_PADDING: Final = 11.0
_NARROWEST: Final = 46.0
_IN_ONE_PIECE: Final = 12  # characters, such as the reference of a request
_WIDEST: Final = {
    ColumnKind.TEXT: 44,
    ColumnKind.CODE: 37,
    ColumnKind.NUMBER: 14,
    ColumnKind.TIME: 26,
}  # characters


@dataclass(frozen=True, slots=True)
class _Printer:
    """Makes texts printable with one set of fonts."""

    glyphs: Glyphs

    def text(self, text: str, at_most: int = _TEXT_AT_MOST) -> list[str]:
        return breakable(printable(text, glyphs=self.glyphs, at_most=at_most))

    def line(self, text: str, at_most: int = _LINE_AT_MOST) -> str:
        return printable(text, glyphs=self.glyphs, at_most=at_most)


def report_layout(report: Report, *, glyphs: Glyphs) -> dict[str, Any]:
    """Lay a report out.

    Args:
        report: What to say.
        glyphs: What the fonts of the template have.

    Returns:
        What the template reads, fit for JSON.
    """
    printer = _Printer(glyphs)
    return {
        "id": printer.line(report.id),
        "kind": printer.line(report.kind),
        "title": printer.line(report.title),
        "running_title": printer.line(report.title, _RUNNING_AT_MOST),
        "about": printer.text(report.about),
        "tenant": printer.line(report.tenant),
        "at": _moment(report.run_at),
        "data_hash": report.data.sha256[:16],
        "period": printer.text(_period(report)),
        "figures": [
            {
                "value": printer.line(figure.value),
                "label": printer.text(figure.label),
                "note": printer.text(figure.note),
            }
            for figure in report.figures
        ],
        "facts": _pairs(printer, _facts(report)),
        "counts": _pairs(printer, _counts(report)),
        "limits": [printer.text(limit) for limit in report.limits],
        "proof": _pairs(printer, _proof(report)),
        "checkpoint": [printer.text(line) for line in report.log.checkpoint.splitlines()],
        "verify": printer.text(report.verify),
        "tables": _tables(printer, report),
        "sign_offs": [_sign_off(printer, sign_off) for sign_off in report.sign_offs],
    }


def _facts(report: Report) -> list[tuple[str, str]]:
    facts = [
        ("System", report.system),
        ("Organisation", report.tenant),
        ("Software", report.version),
        ("Covers", report.scope),
        ("Period", _period(report)),
        ("Filter", report.filter),
        ("Policy in force", report.policy),
        ("Made by", report.run_by),
        ("Made at", _moment(report.run_at)),
        ("Report", report.id),
    ]
    return [(name, value) for name, value in facts if value]


def _counts(report: Report) -> list[tuple[str, str]]:
    counts = report.counts
    left_out = [("Left out", f"{exclusion.count:,}: {exclusion.reason}") for exclusion in counts.excluded]
    return [
        ("Looked at", f"{counts.found:,}"),
        ("In the data file", f"{counts.shown:,}"),
        *(left_out or [("Left out", "0")]),
    ]


def _proof(report: Report) -> list[tuple[str, str]]:
    log = report.log
    looked = "none" if log.first is None else f"{log.first} to {log.last}"
    return [
        ("Sequence looked at", looked),
        ("Checkpoint covers", f"{log.size:,} entries"),
        ("Root", log.root),
        ("SHA-256 of the log's key", log.key),
        ("Data file", report.data.name),
        ("Its SHA-256", report.data.sha256),
    ]


def _period(report: Report) -> str:
    period = report.period
    begins, ends = (
        at.astimezone(ZoneInfo(period.zone)).strftime(_TIME) for at in (period.begins_at, period.ends_at)
    )
    return f"{begins}, to before {ends} ({period.zone})"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC).strftime(_TIME)} UTC"


def _pairs(printer: _Printer, pairs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"name": name, "value": printer.text(value)} for name, value in pairs]


def _sign_off(printer: _Printer, sign_off: SignOff) -> dict[str, Any]:
    return {
        "act": printer.line(sign_off.act),
        "name": printer.text(sign_off.name, _LINE_AT_MOST),
        "role": printer.text(sign_off.role, _LINE_AT_MOST),
        "at": _moment(sign_off.at) if sign_off.at else "",
        "proof": printer.text(sign_off.proof, _CELL_AT_MOST),
    }


def _tables(printer: _Printer, report: Report) -> list[dict[str, Any]]:
    left = ROWS_PRINTED_AT_MOST
    tables = []
    for table in report.tables:
        rows = [[printer.text(cell, _CELL_AT_MOST) for cell in row] for row in table.rows[:left]]
        left -= len(rows)
        widths = column_widths(table, rows)
        tables.append({
            "title": printer.line(table.title),
            "about": printer.text(table.about),
            "columns": [
                {
                    "header": printer.text(column.header, _LINE_AT_MOST),
                    "kind": column.kind.value,
                    "width": width,
                }
                for column, width in zip(table.columns, widths, strict=True)
            ],
            # A table without rows is a sentence, for which no page is turned.
            "wide": bool(rows) and sum(widths) > _PORTRAIT + 1,
            "rows": rows,
            "empty": printer.text(table.empty) if not table.rows_total else [],
            "cut": printer.text(_cut(table, len(rows), report)),
        })
    return tables


def _cut(table: Table, printed: int, report: Report) -> str:
    """Say which rows aren't on paper, and where they are; nothing is cut in silence."""
    if printed == table.rows_total:
        return ""
    return (
        f"The first {printed:,} of {table.rows_total:,} rows are printed here. All {table.rows_total:,}"
        f" are in {report.data.name}, whose SHA-256 stands in this report; that file is the record."
    )


def column_widths(table: Table, rows: Sequence[Sequence[Sequence[str]]]) -> list[float]:
    """Measure how wide the columns of a table are, in points; the page is turned when they need it.

    Args:
        table: Its columns.
        rows: Its rows as they are printed.

    Returns:
        The widths; together as wide as an upright or as a turned page.
    """
    wanted = [_wanted(column, [row[index] for row in rows]) for index, column in enumerate(table.columns)]
    page = _PORTRAIT if sum(wanted) <= _PORTRAIT else _LANDSCAPE
    texts = [column.kind is ColumnKind.TEXT for column in table.columns]
    if sum(wanted) <= page:
        return _stretched(wanted, texts, page)
    return _shrunk(wanted, page, _floors(table, rows, wanted))


def _longest(cells: Sequence[Sequence[str]]) -> int:
    return max((sum(map(len, cell)) for cell in cells), default=0)


def _floors(table: Table, rows: Sequence[Sequence[Sequence[str]]], wanted: list[float]) -> list[float]:
    """Say how narrow each column may become: a short code is in one piece, as far as there's room."""
    short = [
        column.kind is ColumnKind.CODE and _longest([row[index] for row in rows]) <= _IN_ONE_PIECE
        for index, column in enumerate(table.columns)
    ]
    floors = [width if keeps else _NARROWEST for width, keeps in zip(wanted, short, strict=True)]
    return floors if sum(floors) <= _LANDSCAPE else [_NARROWEST] * len(wanted)


def _wanted(column: Column, cells: Sequence[Sequence[str]]) -> float:
    characters = min(_longest(cells), _WIDEST[column.kind])
    header = max(map(len, column.header.split()), default=0)
    return max(characters * _CHARACTER[column.kind], header * 4.8, _NARROWEST - _PADDING) + _PADDING


def _stretched(wanted: list[float], texts: list[bool], page: float) -> list[float]:
    """Give what is left to the columns of words, or to all."""
    takers = texts if any(texts) else [True] * len(wanted)
    base = sum(width for width, takes in zip(wanted, takers, strict=True) if takes)
    factor = 1 + (page - sum(wanted)) / base
    return [round(width * factor if takes else width, 2) for width, takes in zip(wanted, takers, strict=True)]


def _shrunk(wanted: list[float], page: float, floors: list[float]) -> list[float]:
    """Take from what is above the floor of each, in proportion: twelve of the narrowest fit on a page."""
    spare = sum(wanted) - sum(floors)
    factor = (page - sum(floors)) / spare
    return [round(floor + (width - floor) * factor, 2) for width, floor in zip(wanted, floors, strict=True)]
