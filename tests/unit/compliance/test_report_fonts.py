"""The fonts of the reports: they are here, they may be, and what they have is read rightly."""

import re
import struct

import pytest

from compliance.desk.backends.report_fonts import FONT_FOLDER, code_points, plain_glyphs, report_glyphs

TEMPLATE = FONT_FOLDER.parent / "report.typ"


def cmap_font(*subtables: tuple[int, int, bytes]) -> bytes:
    """A font of nothing but its cmap."""
    header = struct.pack(">HH", 0, len(subtables))
    at = len(header) + 8 * len(subtables)
    records = body = b""
    for platform, encoding, data in subtables:
        records += struct.pack(">HHI", platform, encoding, at + len(body))
        body += data
    directory = struct.pack(">IHHHH", 0x00010000, 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, 0)
    return directory + header + records + body


def format_4(segments: list[tuple[int, int, int, int]], glyphs: list[int]) -> bytes:
    count = len(segments)
    starts, ends, deltas, offsets = zip(*segments, strict=True)
    arrays = [*ends, 0, *starts, *deltas, *offsets, *glyphs]
    return struct.pack(f">7H{len(arrays)}H", 4, 0, 0, 2 * count, 0, 0, 0, *arrays)


def test_segments_are_read_by_delta_and_by_table() -> None:
    segments = [(0x41, 0x43, 1, 0), (0x61, 0x63, 3, 4), (0xFFFF, 0xFFFF, 1, 0)]  # the last ends the table
    font = cmap_font((3, 1, format_4(segments, [5, 0, 6])))
    assert code_points(font) == {0x41, 0x42, 0x43, 0x61, 0x63}


def test_groups_are_read_and_the_missing_glyph_is_none() -> None:
    groups = struct.pack(">HHIII", 12, 0, 0, 0, 2) + struct.pack(">6I", 0x1F600, 0x1F602, 9, 0x20, 0x21, 0)
    assert code_points(cmap_font((3, 10, groups))) == {0x1F600, 0x1F601, 0x1F602, 0x21}


def test_tables_of_other_encodings_and_formats_are_left_alone() -> None:
    segments = format_4([(0x41, 0x41, 1, 0)], [])
    assert (
        code_points(cmap_font((1, 0, segments), (0, 5, segments), (0, 3, struct.pack(">H", 14))))
        == frozenset()
    )


@pytest.mark.parametrize(
    "text", ["Audra", "Ελένη", "Мария", "محمد", "דנה", "राजेश", "สมชาย", "山田", "김민준"]
)
def test_the_scripts_of_most_people_have_a_font(text: str) -> None:
    assert report_glyphs().cover(text)


def test_letters_of_two_fonts_aren_t_one_letter() -> None:
    assert not report_glyphs().cover("김م")


def test_plain_letters_have_no_marks() -> None:
    assert plain_glyphs().cover("Zoë Ελένη Мария")
    assert not plain_glyphs().cover("\u0301")
    assert not plain_glyphs().cover("م")


def test_all_fonts_together_are_small_enough_to_ship() -> None:
    assert sum(font.stat().st_size for font in FONT_FOLDER.glob("*.ttf")) < 12_000_000


def test_every_font_is_in_the_order_of_the_template() -> None:
    listed = re.findall(r'"((?:Noto|Droid|Nanum|DejaVu)[^"]*)"', TEMPLATE.read_text())
    names = {name.replace(" ", "").replace("CanAborig", "CanadianAboriginal") for name in listed}
    files = {
        font.stem.partition("-")[0].removesuffix("Full").removesuffix("R")
        for font in FONT_FOLDER.glob("*.ttf")
    }
    assert names == files


@pytest.mark.parametrize("licence", ["OFL-1.1.txt", "Apache-2.0.txt", "DejaVu.txt"])
def test_the_licences_stand_beside_the_fonts(licence: str) -> None:
    assert (FONT_FOLDER / licence).read_text()
    assert licence in (FONT_FOLDER / "README.md").read_text()
