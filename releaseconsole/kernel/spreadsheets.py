"""Tables for spreadsheets, which take some texts for formulas and run them."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

# What Excel, LibreOffice or Sheets begins a formula with, and the blanks that they skip before one (OWASP).
_BEGINS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_table(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV (RFC 4180) in which no cell is a formula: an apostrophe stands before what would be.

    Names are typed by people: a colleague called `=HYPERLINK(…)` mustn't act on who opens the file.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_BEGINS_FORMULA) else value
