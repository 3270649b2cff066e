"""The table of an export pack for people with spreadsheets; `events.jsonl` is the signed truth beside it.

How a cell is kept from being a formula, and is read back, `releaseconsole.kernel.spreadsheets` alone knows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from releaseconsole.kernel.spreadsheets import FORMULA_RULE, csv_lines

# For the manifest: text that isn't Unicode can't be in a UTF-8 file, and only there the CSV isn't reversible.
CSV_RULE: Final = f"{FORMULA_RULE} UTF-8 with a byte order mark. Lone surrogates are written as U+FFFD."

_BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel reads UTF-8 as the code page of the machine
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def csv_stream(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write a table as text, row by row; each text can be encoded as UTF-8, whatever people typed.

    Args:
        columns: The names in the first row.
        rows: As many values as there are columns, each.

    Yields:
        The byte order mark, the header, and each row with its line end.

    Raises:
        ValueError: A row is longer or shorter than the columns: what follows would stand under wrong names.
    """
    yield _BYTE_ORDER_MARK
    yield from csv_lines([columns])
    yield from csv_lines(_checked(len(columns), rows))


def _checked(width: int, rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    for row in rows:
        if len(row) != width:
            raise ValueError(f"a row of {len(row)} values under {width} columns")
        yield [_SURROGATE.sub("\ufffd", value) for value in row]
