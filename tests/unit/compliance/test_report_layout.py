"""What stands on paper: every fact, at most 2,000 rows, and nothing cut in silence."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.desk.backends.report_fonts import report_glyphs
from compliance.desk.domain.report_content import (
    COLUMNS_AT_MOST,
    Column,
    ColumnKind,
    Counts,
    Report,
    Table,
)
from compliance.desk.domain.report_layout import ROWS_PRINTED_AT_MOST, report_layout
from tests.support.reports import events, report, table

UPRIGHT, TURNED = 487, 734  # points between the margins of A4
NARROWEST = 46  # points


def laid_out(made: Report) -> dict[str, Any]:
    return report_layout(made, glyphs=report_glyphs())


def words(pieces: list[str]) -> str:
    return "".join(pieces)


def pairs(layout: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(pair["name"], words(pair["value"])) for pair in layout]


def test_a_report_says_what_it_covers() -> None:
    assert pairs(laid_out(report())["facts"]) == [
        ("System", "https://updates.example.com"),
        ("Organisation", "Example Clinics"),
        ("Software", "Release Console 0.1.0"),
        ("Covers", "3 apps of 3"),
        ("Period", "1 October 2026, 00:00:00, to before 1 January 2027, 00:00:00 (Etc/UTC)"),
        ("Filter", "Actions that begin with signing:key, of every app."),
        ("Policy in force", "Preset regulated, no exceptions."),
        ("Made by", "Audra Lindqvist"),
        ("Made at", "30 November 2026, 04:45:12 UTC"),
        ("Report", "R4-2026-11-30-7F3A"),
    ]


def test_what_isn_t_known_is_left_out() -> None:
    assert "Covers" not in dict(pairs(laid_out(report(scope=""))["facts"]))


def test_a_report_says_how_many_rows_are_missing_and_why() -> None:
    assert pairs(laid_out(report())["counts"]) == [
        ("Looked at", "63"),
        ("In the data file", "60"),
        ("Left out", "3: erased on request"),
    ]


def test_that_nothing_is_missing_is_said_too() -> None:
    made = report(counts=Counts(found=1_200, shown=1_200))
    assert pairs(laid_out(made)["counts"]) == [
        ("Looked at", "1,200"),
        ("In the data file", "1,200"),
        ("Left out", "0"),
    ]


def test_a_report_says_where_it_stands_in_the_log() -> None:
    assert pairs(laid_out(report())["proof"]) == [
        ("Sequence looked at", "10422 to 11803"),
        ("Checkpoint covers", "18,200 entries"),
        ("Root", "9f" * 32),
        ("SHA-256 of the log's key", "4b" * 32),
        ("Data file", "events.jsonl"),
        ("Its SHA-256", "e3b0c442" * 8),
    ]


def test_that_no_entry_was_looked_at_is_said() -> None:
    made = report()
    proof = laid_out(replace(made, log=replace(made.log, first=None, last=None)))["proof"]
    assert dict(pairs(proof))["Sequence looked at"] == "none"


def test_the_checkpoint_stands_there_line_by_line() -> None:
    assert [words(line) for line in laid_out(report())["checkpoint"]] == [
        "updates.example.com/log",
        "18200",
        "nzwerVnMPjQ=",
        "",
        "— updates.example.com/log Az3grl==",
    ]


def test_no_rows_is_a_result() -> None:
    made = report(table([], empty="0 events; sequence 10422 to 11803 checked."))
    assert words(laid_out(made)["tables"][0]["empty"]) == "0 events; sequence 10422 to 11803 checked."


def test_a_table_with_rows_has_no_word_about_having_none() -> None:
    assert laid_out(report(table(events(1))))["tables"][0]["empty"] == []


def test_rows_that_aren_t_printed_are_counted_and_found_in_the_data_file() -> None:
    made = report(table(events(ROWS_PRINTED_AT_MOST), total=250_000))
    (laid,) = laid_out(made)["tables"]
    assert len(laid["rows"]) == ROWS_PRINTED_AT_MOST
    assert words(laid["cut"]) == (
        "The first 2,000 of 250,000 rows are printed here. All 250,000 are in events.jsonl,"
        " whose SHA-256 stands in this report; that file is the record."
    )


def test_the_limit_is_for_all_tables_together() -> None:
    made = report(table(events(1_500)), table(events(1_500)), table(events(1)))
    tables = laid_out(made)["tables"]
    assert [len(laid["rows"]) for laid in tables] == [1_500, 500, 0]
    assert [bool(laid["cut"]) for laid in tables] == [False, True, True]
    assert [laid["empty"] for laid in tables] == [[], [], []]


def test_a_table_that_is_whole_says_nothing_about_a_limit() -> None:
    assert laid_out(report(table(events(3))))["tables"][0]["cut"] == []


@pytest.mark.parametrize(
    ("rows", "wide"), [pytest.param([["Ada"]], False, id="narrow"), pytest.param(events(1), True, id="wide")]
)
def test_the_page_is_turned_for_wide_tables(rows: list[list[str]], *, wide: bool) -> None:
    (laid,) = laid_out(report(table(rows)))["tables"]
    assert laid["wide"] is wide
    assert sum(column["width"] for column in laid["columns"]) == pytest.approx(
        TURNED if wide else UPRIGHT, abs=1
    )


def test_numbers_take_no_more_room_than_they_need() -> None:
    columns = (Column(header="Number", kind=ColumnKind.NUMBER), Column(header="Who"))
    (laid,) = laid_out(report(table([["7", "Ada"]], columns=columns)))["tables"]
    number, who = (column["width"] for column in laid["columns"])
    assert number < who / 4


def test_columns_of_numbers_only_share_the_page() -> None:
    columns = (Column(header="A", kind=ColumnKind.NUMBER), Column(header="B", kind=ColumnKind.NUMBER))
    (laid,) = laid_out(report(table([["7", "8"]], columns=columns)))["tables"]
    assert [column["width"] for column in laid["columns"]] == [UPRIGHT / 2, UPRIGHT / 2]


@given(
    st.lists(
        st.tuples(st.sampled_from(ColumnKind), st.integers(0, 300), st.integers(0, 80)),
        min_size=1,
        max_size=COLUMNS_AT_MOST,
    )
)
def test_columns_always_fit_on_the_page(shape: list[tuple[ColumnKind, int, int]]) -> None:
    columns = tuple(Column(header="h" * header, kind=kind) for kind, _, header in shape)
    made = Table(title="Any", columns=columns, rows=[["x" * length for _, length, _ in shape]])
    (laid,) = laid_out(report(made))["tables"]
    widths = [column["width"] for column in laid["columns"]]
    assert sum(widths) == pytest.approx(TURNED if laid["wide"] else UPRIGHT, abs=1)
    assert min(widths) >= NARROWEST - 0.01


def test_a_long_title_is_cut_where_it_stands_on_every_page() -> None:
    layout = laid_out(report(title="T" * 100))
    assert layout["title"] == "T" * 100
    assert layout["running_title"] == "T" * 60 + " … [40 more characters]"


def test_who_signed_stands_there_and_who_hasn_t_has_a_line() -> None:
    prepared, approved = laid_out(report())["sign_offs"]
    assert (prepared["act"], words(prepared["name"])) == ("Prepared", "Audra Lindqvist")
    assert (approved["act"], approved["name"], approved["at"]) == ("Approved", [], "")
