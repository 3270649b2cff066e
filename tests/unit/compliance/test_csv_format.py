"""The CSV of an export pack: every value comes back, in a file that Excel reads as UTF-8."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.desk.domain.csv_format import CSV_RULE, csv_stream
from releaseconsole.kernel.spreadsheets import FORMULA_RULE, cell_restore


def read(data: bytes) -> list[list[str]]:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [[cell_restore(cell) for cell in row] for row in rows]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_every_value_comes_back(rows: list[tuple[str, str]]) -> None:
    data = "".join(csv_stream(("seq", "who"), rows)).encode()
    assert read(data) == [["seq", "who"], *([first, second] for first, second in rows)]


def test_excel_is_told_that_this_is_utf_8() -> None:
    assert "".join(csv_stream(("who",), [("Zoë",)])).encode().startswith(b"\xef\xbb\xbf")


def test_what_isn_t_unicode_blocks_no_export() -> None:
    data = "".join(csv_stream(("who",), [("a\ud800b",)])).encode()
    assert read(data) == [["who"], ["a\ufffdb"]]


def test_an_empty_table_has_its_header() -> None:
    assert "".join(csv_stream(("seq", "who"), [])) == '\ufeff"seq","who"\r\n'


@pytest.mark.parametrize("row", [("1",), ("1", "2", "3")])
def test_no_value_slides_under_another_column(row: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="under 2 columns"):
        list(csv_stream(("seq", "who"), [row]))


def test_a_long_table_is_never_held_as_a_whole() -> None:
    rows = 0

    def endless() -> Iterator[tuple[str]]:
        nonlocal rows
        while True:
            rows += 1
            yield ("=1",)

    stream = csv_stream(("value",), endless())
    assert [next(stream) for _ in range(4)] == ["\ufeff", '"value"\r\n', '"\'=1"\r\n', '"\'=1"\r\n']
    assert rows == 2


def test_the_manifest_s_rule_holds_the_formula_rule() -> None:
    assert CSV_RULE.startswith(FORMULA_RULE)
