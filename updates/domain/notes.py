"""Release notes: Markdown that people type, as HTML that is safe to show to testers.

What isn't named here isn't Markdown but text. There is no raw HTML, no image (it would tell a foreign server
who reads), and no link but to the web or to a mail address.
"""

from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

_RULES: Final = (
    "autolink",
    "backticks",
    "blockquote",
    "code",
    "emphasis",
    "entity",
    "escape",
    "fence",
    "heading",
    "hr",
    "link",
    "list",
    "newline",
)
_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_LONGEST: Final = 20_000
# Below the page's own headings.
_LOWERED: Final = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6"}


def notes_html(notes: str) -> str:
    """Turn notes into HTML; everything in it that isn't Markdown is escaped."""
    return _rendered(notes[:_LONGEST])


@lru_cache(maxsize=256)
def _rendered(notes: str) -> str:
    markdown = _Markdown("zero", {"html": False, "linkify": False, "typographer": False})
    markdown.enable(list(_RULES))
    tokens = markdown.parse(notes)
    for token in tokens:
        token.tag = _LOWERED.get(token.tag, token.tag)
        for inner in token.children or ():
            if inner.type == "link_open":
                inner.attrSet("rel", "noopener noreferrer nofollow")
    html: Any = markdown.renderer.render(tokens, markdown.options, {})
    return str(html)


class _Markdown(MarkdownIt):
    """Markdown that takes addresses of the web and of mail only."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 (the library's name)
        try:
            return urlsplit(url.strip()).scheme in _SCHEMES
        except ValueError:
            return False
