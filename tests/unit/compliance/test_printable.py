"""Whatever somebody is called, it prints as what it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.desk.backends.report_fonts import report_glyphs
from compliance.desk.domain.printable import MARKS_AT_MOST, breakable, printable


def shown(text: str, at_most: int = 200) -> str:
    return printable(text, glyphs=report_glyphs(), at_most=at_most)


@pytest.mark.parametrize(
    "name",
    [
        "Audra Lindqvist",
        "Zoë Ní Bhriain",
        "Ελένη Παπαδοπούλου",
        "Мария Иванова",
        "محمد علي",
        "می‌خواهم",
        "דָּנָה לוי",
        "राजेश क्षत्रिय",
        "สมชาย ใจดี",
        "山田太郎",
        "김민준",
        "張偉",
        "አማርኛ",
        "ქართული",
        "හාන්",
        "👩‍🚀",
        "👨‍👩‍👧‍👦",
        "❤️",
        "👍🏽",
        "1️⃣",
        "→ ✓ ½",
    ],
)
def test_a_name_in_any_script_prints_as_it_is(name: str) -> None:
    assert shown(name) == name


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("a\0b", r"a\u{0}b", id="NUL"),
        pytest.param("\x1b[31mred", r"\u{1B}[31mred", id="terminal"),
        pytest.param("two\nlines\t", r"two\u{A}lines\u{9}", id="lines"),
        pytest.param("\u202eexe.gnp", r"\u{202E}exe.gnp", id="bidi override"),
        pytest.param("a\u2066b\u2069", r"a\u{2066}b\u{2069}", id="bidi isolate"),
        pytest.param("ad\u200cmin", r"ad\u{200C}min", id="joiner between Latin letters"),
        pytest.param("می\u200c", r"می\u{200C}", id="joiner that joins nothing"),
        pytest.param("\u200d\u200d", r"\u{200D}\u{200D}", id="only joiners"),
        pytest.param("ad\u00admin", r"ad\u{AD}min", id="soft hyphen"),
        pytest.param("\ufeffadmin", r"\u{FEFF}admin", id="byte order mark"),
        pytest.param("a\ufe0f", r"a\u{FE0F}", id="emoji style on a letter"),
        pytest.param("\u3164", r"\u{3164}", id="filler that prints as nothing"),
        pytest.param("\ufdfd", r"\u{FDFD}", id="ligature as wide as a column"),
        pytest.param("\ud800", r"\u{D800}", id="lone surrogate"),
        pytest.param("\ue000", r"\u{E000}", id="private use"),
        pytest.param("\U0001f9ff\U0003ffff", "🧿" + r"\u{3FFFF}", id="no character"),
        pytest.param("𐎀", r"\u{10380}", id="a script without a font"),
        pytest.param("\u0301a", r"\u{301}a", id="a mark on nothing"),
        pytest.param("中\u0301", r"中\u{301}", id="a letter and a mark of two fonts"),
        pytest.param(r"\u{202E}", r"\u{5C}u{202E}", id="what looks like an escape"),
        pytest.param(r"C:\users", r"C:\users", id="a backslash"),
    ],
)
def test_what_can_t_be_seen_is_spelled_out(text: str, printed: str) -> None:
    assert shown(text) == printed


def test_marks_aren_t_piled_up_over_other_lines() -> None:
    printed = shown("a" + "\u0301" * 9)
    assert printed == "a" + "\u0301" * MARKS_AT_MOST + r"\u{301}" * (9 - MARKS_AT_MOST)


def test_a_long_text_is_cut_and_says_so() -> None:
    assert shown("x" * 100_000, at_most=5) == "xxxxx … [99,995 more characters]"


def test_a_cut_leaves_no_half_of_an_escape() -> None:
    assert shown("ab\0cd", at_most=6) == "ab … [3 more characters]"


def test_a_text_that_fits_isn_t_cut() -> None:
    assert shown("é" * 5, at_most=5) == "é" * 5


@given(st.text(st.characters(codec=None)))
def test_what_is_printed_has_no_invisible_character_and_a_glyph_for_each(text: str) -> None:
    printed = shown(text, at_most=1_000)
    everything = frozenset().union(*report_glyphs().families)
    for character in printed:
        assert ord(character) in everything or character in "\u200c\u200d\ufe0e\ufe0f"
        assert unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not set(printed) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text(st.characters(codec="utf-8"), max_size=30), st.text(st.characters(codec="utf-8"), max_size=30))
def test_two_texts_never_look_the_same(one: str, other: str) -> None:
    if one != other:
        assert shown(one, at_most=10_000) != shown(other, at_most=10_000)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("a short sentence of words", ["a short sentence of words"]),
        ("updates:release:publish", ["updates:", "release:", "publish"]),
        ("e3b0c44298fc1c", ["e3", "b0", "c4", "42", "98", "fc", "1c"]),
        (r"x\u{202E}\u{202E}y", ["x", r"\u{202E}", r"\u{202E}", "y"]),
        ("see e3b0c44298fc there", ["see e3b0c44298fc there"]),
        ("see updates:release:publish there", ["see ", "updates:", "release:", "publish", " there"]),
    ],
)
def test_a_line_may_end_inside_of_what_is_long(text: str, pieces: list[str]) -> None:
    assert breakable(text) == pieces


@given(st.text())
def test_cutting_into_pieces_changes_nothing(text: str) -> None:
    assert "".join(breakable(text)) == text
