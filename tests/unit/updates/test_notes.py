"""Colleagues type notes, testers read them: nothing in them becomes more than text, lists and links."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.notes import notes_html

TAGS = {
    "p",
    "strong",
    "em",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "a",
    "blockquote",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "br",
}


class Reader(HTMLParser):
    """Reads HTML as a browser does."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in {"href", "title", "rel", "start", "class"}
            assert name != "href" or re.match(r"https?:|mailto:", value or "")


def only_safe(html: str) -> None:
    reader = Reader()
    reader.feed(html)
    reader.close()


def test_markdown_becomes_html() -> None:
    html = notes_html("# New\n\n- **fast** login\n- [more](https://example.com/?a=1&b=2)\n\n`code`")
    assert "<h3>New</h3>" in html
    assert "<li><strong>fast</strong> login</li>" in html
    assert '<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer nofollow">more</a>' in html
    assert "<code>code</code>" in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/pixel.gif)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,<script>1</script>)",
        "[x](//evil.example)",
        "[x](/console/)",
        "<javascript:alert(1)>",
        '[x](https://example.com "\\" onclick=alert(1)")',
        '```"><script>\nx\n```',
        "[x][y]\n\n[y]: javascript:alert(1)",
    ],
)
def test_what_is_hostile_stays_text(hostile: str) -> None:
    only_safe(notes_html(hostile))


@given(st.text(alphabet="<>&\"'[]()!`*_#-\n :/javscriptxhre=", max_size=200))
def test_no_text_makes_another_tag_or_scheme(notes: str) -> None:
    only_safe(notes_html(notes))


def test_depth_has_an_end() -> None:
    assert notes_html(">" * 20_000)
    assert notes_html("[" * 20_000)
