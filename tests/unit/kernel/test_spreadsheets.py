"""No cell of a table is a formula, and everything else arrives as it was."""

import csv
import io

import pytest

from releaseconsole.kernel.spreadsheets import csv_table


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_would_be_a_formula_is_text(begins: str) -> None:
    dangerous = f"{begins}HYPERLINK(1)"
    assert read(csv_table([[dangerous, "Ada"]])) == [[f"'{dangerous}", "Ada"]]


@pytest.mark.parametrize(
    "text", ["", "Ada", 'Ada "the first", Countess', "two\nlines", "a=b", "ada@example.com"]
)
def test_everything_else_arrives_as_it_was(text: str) -> None:
    assert read(csv_table([["one", text, "three"]])) == [["one", text, "three"]]
