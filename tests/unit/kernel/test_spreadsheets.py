"""No cell of a table is a formula, and everything arrives as it was."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.spreadsheets import FORMULA_RULE, cell_escape, cell_restore, csv_lines, csv_table

FORMULA_BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]  # noqa: RUF001 (meant)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("begins", FORMULA_BEGINNINGS)
def test_what_would_be_a_formula_is_text(begins: str) -> None:
    dangerous = f"{begins}HYPERLINK(1)"
    assert read(csv_table([[dangerous, "Ada"]])) == [[f"'{dangerous}", "Ada"]]


@pytest.mark.parametrize(
    "text", ["", "Ada", 'Ada "the first", Countess', "two\nlines", "a=b", "ada@example.com"]
)
def test_everything_else_arrives_as_it_was(text: str) -> None:
    assert read(csv_table([["one", text, "three"]])) == [["one", text, "three"]]


def test_every_cell_is_quoted() -> None:
    assert csv_table([["1", "", "a b"]]) == '"1","","a b"\r\n'


def test_an_apostrophe_that_somebody_typed_isn_t_taken_for_ours() -> None:
    assert cell_escape("'=1") == "''=1"
    assert cell_restore(cell_escape("'=1")) == "'=1"


@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), max_size=5))
def test_a_table_can_be_read_back(rows: list[list[str]]) -> None:
    assert [[cell_restore(cell) for cell in row] for row in read(csv_table(rows))] == rows


@given(st.text())
def test_no_cell_begins_as_a_formula(value: str) -> None:
    assert not cell_escape(value).startswith(tuple(FORMULA_BEGINNINGS))


def test_rows_are_written_one_by_one() -> None:
    asked: list[int] = []

    def rows() -> Iterator[list[str]]:
        for number in range(3):
            asked.append(number)
            yield [str(number)]

    lines = csv_lines(rows())
    assert next(lines) == '"0"\r\n'
    assert asked == [0]


@pytest.mark.parametrize("named", ["= + - @", "full-width", "TAB, CR, LF or NUL", "apostrophe"])
def test_the_rule_says_what_it_does(named: str) -> None:
    assert named in FORMULA_RULE
