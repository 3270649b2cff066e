r"""Makes any text printable: what people typed can neither stop a report nor make it say something else.

PDF/A and PDF/UA take no text that has no glyph. So whatever the fonts lack, and whatever prints as nothing or
turns round what stands beside it (control and bidi characters, fillers, lone surrogates), is written
`\u{XXXX}`.
A backslash that somebody typed before `u{` is written so as well: what looks like an escape is one.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

MARKS_AT_MOST: Final = 4  # on one letter; piles of them cover the lines above
_CLUSTER_AT_MOST: Final = (
    16  # the longest that Unicode registers (a family of four, each with a skin tone) has 11
)
_JOINERS: Final = "\u200c\u200d"
_JOINED_FROM: Final = "\u0600"  # scripts that join begin with Arabic
_EMOJI_STYLE: Final = "\ufe0e\ufe0f"
# By category letters, marks and symbols: they print as nothing, or, a ligature, as wide as a column.
_DECEIVING: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufdfd\ufffc\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_TAKES_EMOJI_STYLE: Final = "#*0123456789"  # beside symbols
_ESCAPED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SKIN_TONES: Final = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_PARTS: Final = re.compile(r"(?<=[:/._@,;=&?|-])|(?=\\u\{)|(?<=\})")  # after separators, and around escapes
_LONG_RUN: Final = re.compile(r"\S{13,}")
_WORD_UNBROKEN: Final = 10
_OTHER_STEP: Final = 6  # of scripts whose letters join: fewer seams


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What the fonts can print: the code points of each family. A letter and its marks need one family."""

    families: Sequence[AbstractSet[int]]

    def cover(self, cluster: str) -> bool:
        """Whether one family has all of a letter with its marks."""
        wanted = {ord(character) for character in cluster if character not in _JOINERS + _EMOJI_STYLE}
        return any(wanted <= family for family in self.families)


def printable(text: str, *, glyphs: Glyphs, at_most: int) -> str:
    """Rewrite a text so that it prints as what it is, and say so when it was cut.

    Args:
        text: Anything.
        glyphs: What the fonts have.
        at_most: How many characters are printed.

    Returns:
        One line without control characters, in which each letter has a glyph.
    """
    if len(text) <= at_most and text.isascii() and text.isprintable() and "\\u{" not in text:
        return text
    printed, taken = _printed(text, glyphs, at_most)
    left = len(text) - taken
    return f"{printed} … [{left:,} more characters]" if left else printed


def _printed(text: str, glyphs: Glyphs, at_most: int) -> tuple[str, int]:
    """Print clusters while they fit; what is cut off at the end is never half of one."""
    pieces: list[str] = []
    length = taken = 0
    for cluster in _clusters(text):
        piece = _piece(cluster, text[taken + len(cluster) : taken + len(cluster) + 2], glyphs)
        length += len(piece)
        if length > at_most:
            break
        pieces.append(piece)
        taken += len(cluster)
    return "".join(pieces), taken


def _piece(cluster: str, following: str, glyphs: Glyphs) -> str:
    """Print one cluster; a joiner that joins nothing to come would be an invisible difference."""
    if cluster == "\\" and following == "u{":
        return _escape(cluster)
    if len(cluster) > 1 and following[:1] <= _JOINED_FROM:
        bare = cluster[0] + cluster[1:].rstrip(_JOINERS)
        return _cluster_printed(bare, glyphs) + _escape(cluster[len(bare) :])
    return _cluster_printed(cluster, glyphs)


def _clusters(text: str) -> Iterator[str]:
    """Cut a text into letters with what is set onto or joined with them, roughly as UAX 29 does.

    Yields:
        A letter with its marks.
    """
    start = 0
    for index in range(1, len(text)):
        joined = _is_extender(text[index]) or (text[index - 1] == "\u200d" and _is_symbol(text[index]))
        if not joined or index - start == _CLUSTER_AT_MOST:
            yield text[start:index]
            start = index
    yield text[start:]


def _is_extender(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character in _JOINERS or character in _SKIN_TONES


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character) == "So"


def _cluster_printed(cluster: str, glyphs: Glyphs) -> str:
    """Keep as much of the cluster as one font has, from its first letter on; the rest is escaped."""
    first = cluster[0]
    if len(cluster) == 1:
        is_mark = unicodedata.category(first)[0] == "M"  # would sit on what isn't its own
        return cluster if _is_safe(first) and not is_mark and glyphs.cover(cluster) else _escape(cluster)
    head = cluster if _is_symbol(first) else cluster[: MARKS_AT_MOST + 1]
    if _bears(first, head[1:]) and glyphs.cover(head):
        return head + _escape(cluster[len(head) :])
    return _cluster_printed(first, glyphs) + _escape(cluster[1:])


def _bears(first: str, rest: str) -> bool:
    """Whether a character may have what follows it: joiners and emoji styles show only on some."""
    if not _is_safe(first) or unicodedata.category(first)[0] not in "LNSP":
        return False
    invisible = _JOINERS if first > _JOINED_FROM else ""
    if _is_symbol(first) or first in _TAKES_EMOJI_STYLE:
        invisible += _EMOJI_STYLE
    return all(mark in invisible or _is_safe(mark) for mark in rest)


def _is_safe(character: str) -> bool:
    return unicodedata.category(character) not in _ESCAPED_CATEGORIES and not _DECEIVING.match(character)


def _escape(characters: str) -> str:
    return "".join(f"\\u{{{ord(character):X}}}" for character in characters)


def breakable(text: str) -> list[str]:
    """Cut a text where a line may end although there's no space, so that nothing leaves its column."""
    if not _LONG_RUN.search(text):
        return [text] if text else []
    pieces: list[str] = []
    position = 0
    for run in _LONG_RUN.finditer(text):
        pieces.append(text[position : run.start()])
        pieces.extend(_run_pieces(run.group()))
        position = run.end()
    return [piece for piece in (*pieces, text[position:]) if piece]


def _run_pieces(run: str) -> Iterator[str]:
    for part in _PARTS.split(run):
        if len(part) <= _WORD_UNBROKEN:
            yield part
            continue
        step = 2 if part.isascii() else _OTHER_STEP
        clusters = list(_clusters(part))
        for start in range(0, len(clusters), step):
            yield "".join(clusters[start : start + step])
