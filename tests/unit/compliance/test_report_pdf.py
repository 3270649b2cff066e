"""Reports as PDF: for archives, for screen readers, the same bytes each time, and stopped by no name."""

import io
import logging
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.desk.backends import pdf
from compliance.desk.backends.pdf import Attachment, report_pdf
from compliance.desk.backends.report_fonts import report_glyphs
from compliance.desk.domain.printable import Glyphs, printable
from compliance.desk.errors import ReportUnprintableError
from tests.support.reports import events, report, table

HOSTILE = [
    "\u202eexe.gnp\u2066",
    '#set page(width: 1pt)\n#panic() $x^2$ *b* _i_ `raw` <label> @ref \\ // /* "};panic(){"',
    "a\0b\x1b[31mred\x07\ufeff",
    "x" * 100_000,
    "\ud800\udfff",
    "Z" + "\u0301\u0316\u0489" * 40,
    "\ufdfd" * 20,
    "\u0301 mark, ad\u200cmin, \u2028\u2029, \ue000\U0010fffd, 𐎀, 中\u0301\u093e",
    "",
]
SCRIPTS = "محمد דנה राजेश สมชาย Ελένη Мария 山田太郎 김민준 አማርኛ ქართული 👩‍🚀 ❤️"


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def elements(node: Any) -> Iterator[Any]:
    """Every element of a structure tree, in reading order."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from elements(kid)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        yield from elements(node.get("/K"))


@pytest.fixture(scope="module")
def document() -> pikepdf.Pdf:
    made = report(table(events(60)), table([], title="None", empty="0 events; sequence 1 to 9 checked."))
    return opened(report_pdf(made))


@pytest.fixture(scope="module")
def structure(document: pikepdf.Pdf) -> list[Any]:
    return list(elements(document.Root.StructTreeRoot.K))


def test_the_file_claims_pdf_a_3a_and_pdf_ua_1(document: pikepdf.Pdf) -> None:
    xmp = document.Root.Metadata.read_bytes().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp


def test_language_and_title_are_said(document: pikepdf.Pdf) -> None:
    assert str(document.Root.Lang) == "en"
    assert str(document.docinfo.Title) == "Every operation of signing keys"
    assert document.Root.ViewerPreferences["/DisplayDocTitle"] == pikepdf.Object.parse(b"true")
    assert document.Root.MarkInfo["/Marked"] == pikepdf.Object.parse(b"true")


def test_the_document_is_dated_when_the_report_was_made(document: pikepdf.Pdf) -> None:
    assert str(document.docinfo.CreationDate) == str(document.docinfo.ModDate) == "D:20261130044512Z"
    xmp = document.Root.Metadata.read_bytes().decode()
    assert {time[:19] for time in re.findall(r"[0-9-]{10}T[0-9:]{8}", xmp)} == {"2026-11-30T04:45:12"}


def test_headings_begin_with_the_title_and_skip_no_level(structure: list[Any]) -> None:
    headings = [str(element.S) for element in structure if str(element.S).startswith("/H")]
    assert headings[0] == "/H1"
    assert set(headings[1:]) == {"/H2"}


def test_header_cells_say_whose_header_they_are(structure: list[Any]) -> None:
    cells = [element for element in structure if str(element.S) == "/TH"]
    assert len(cells) == 7  # of one table; the other has no rows, so it's a sentence
    for cell in cells:
        (attributes,) = cell.A
        assert str(attributes.Scope) == "/Column"


def test_facts_are_a_list_of_terms(structure: list[Any]) -> None:
    kinds = [str(element.S) for element in structure]
    assert kinds.count("/Lbl") == kinds.count("/LBody") == kinds.count("/LI") > 15


def test_every_font_is_inside(document: pikepdf.Pdf) -> None:
    fonts = [font for item in document.objects if (font := descriptor(item)) is not None]
    assert fonts
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)


def descriptor(item: Any) -> Any:
    is_one = isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.FontDescriptor
    return item if is_one else None


def test_wide_tables_stand_on_turned_pages(document: pikepdf.Pdf) -> None:
    shapes = [page.mediabox[2] > page.mediabox[3] for page in document.pages]
    assert shapes[0] is False
    assert True in shapes
    assert shapes[-1] is False


def test_the_same_report_has_the_same_bytes() -> None:
    made = report(table(events(3)))
    assert report_pdf(made) == report_pdf(made)


def test_another_time_is_another_document() -> None:
    made = report()
    later = report(run_at=made.run_at + timedelta(seconds=1))
    assert report_pdf(made) != report_pdf(later)


def test_files_travel_inside() -> None:
    rows = '"seq"\r\n"1"\r\n'
    files = [
        Attachment(name="events.csv", media_type="text/csv", about="The same rows.", content=rows),
        Attachment(name="events.jsonl", media_type="application/jsonl", about="The record.", content="{}\n"),
    ]
    document = opened(report_pdf(report(), attachments=files))
    assert document.attachments["events.csv"].get_file().read_bytes() == rows.encode()
    assert document.attachments["events.jsonl"].get_file().read_bytes() == b"{}\n"
    assert [str(file.AFRelationship) for file in document.Root.AF] == ["/Data", "/Data"]
    assert [str(file.Desc) for file in document.Root.AF] == ["The same rows.", "The record."]


def test_no_name_can_stop_a_report(caplog: pytest.LogCaptureFixture) -> None:
    made = report(
        table([[name] for name in (*HOSTILE, SCRIPTS)], title=HOSTILE[1]),
        title=HOSTILE[0],
        tenant=HOSTILE[2],
        filter=HOSTILE[3],
        run_by=HOSTILE[4],
        about=HOSTILE[5],
        limits=tuple(HOSTILE),
    )
    document = opened(report_pdf(made))
    assert str(document.docinfo.Title) == r"\u{202E}exe.gnp\u{2066}"
    assert caplog.records == []


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), max_size=40), min_size=200, max_size=200))
def test_no_text_can_stop_a_report(texts: list[str]) -> None:
    assert report_pdf(report(table([[text] for text in texts]))).startswith(b"%PDF-1.7")


def test_what_the_fonts_are_said_to_have_they_have(caplog: pytest.LogCaptureFixture) -> None:
    letters = [chr(point) for family in report_glyphs().families for point in sorted(family)[::12]]
    kept = [letter for letter in letters if printable(letter, glyphs=report_glyphs(), at_most=20) == letter]
    assert len(kept) > 4_000
    rows = [[" ".join(kept[start : start + 200])] for start in range(0, len(kept), 200)]
    report_pdf(report(table(rows)))
    assert caplog.records == []


def test_letters_that_can_t_be_joined_are_escaped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    everything = frozenset(
        range(0x20, 0x11000)
    )  # no font has all of these: typst refuses what is claimed here
    monkeypatch.setattr(pdf, "report_glyphs", lambda: Glyphs([everything]))
    with caplog.at_level(logging.WARNING):
        data = report_pdf(report(title="Zoë 𐀀"))
    assert str(opened(data).docinfo.Title) == r"Zoë \u{10000}"
    assert "unusual letters" in caplog.text


def test_what_can_t_be_set_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Glyphs([frozenset(range(0x20, 0x11000))])
    monkeypatch.setattr(pdf, "report_glyphs", lambda: everything)
    monkeypatch.setattr(pdf, "plain_glyphs", lambda: everything)
    with pytest.raises(ReportUnprintableError):
        report_pdf(report(title="𐀀"))


def test_a_report_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_SECONDS_AT_MOST", 0.001)
    with pytest.raises(ReportUnprintableError) as refused:
        report_pdf(report())
    assert isinstance(refused.value.__cause__, subprocess.TimeoutExpired)


def test_a_process_that_dies_is_no_report(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pdf, "_PROGRAM", Path("/nowhere"))
    with pytest.raises(ReportUnprintableError):
        report_pdf(report())
    assert "ended with" in caplog.text
