"""Tables for spreadsheets, which take some texts for formulas and run them.

The one place that knows the rule: each cell is quoted, and an apostrophe stands before what would be a
formula, and before what begins with one itself. Who takes one leading apostrophe away has the text as it was.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

FORMULA_RULE: Final = (
    "Every cell is quoted (RFC 4180). An apostrophe stands before a cell that begins with = + - @, with one"
    " of their full-width forms, with TAB, CR, LF or NUL, or with an apostrophe. Take one leading apostrophe"
    " away to have the value."
)

# What Excel, LibreOffice or Sheets begins a formula with, and the blanks that they skip before one (OWASP;
# ASVS 5, 1.2.10). Excel of East Asia reads the full-width forms alike. The apostrophe makes it reversible.
_ESCAPED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'")  # noqa: RUF001 (meant)


def cell_escape(value: str) -> str:
    """Write a value as a cell that no spreadsheet runs."""
    return f"'{value}" if value.startswith(_ESCAPED) else value


def cell_restore(cell: str) -> str:
    """Read a value back from its cell."""
    return cell.removeprefix("'")


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write rows as CSV, one text each, so that a table of any length needs the memory of a row.

    Names are typed by people: a colleague called `=HYPERLINK(…)` mustn't act on who opens the file.

    Yields:
        One row, with its line end.
    """
    line = _Line()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([cell_escape(value) for value in row])
        yield line.text


def csv_table(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV at once."""
    return "".join(csv_lines(rows))


class _Line:
    """The file that the writer believes to have: it keeps the last line only."""

    text = ""

    def write(self, text: str, /) -> int:
        self.text = text
        return len(text)
