"""The fonts that stand beside the report's template, and which characters each of them has.

Read from the fonts themselves (OpenType's `cmap` table, formats 4 and 12), so that a list can't fall behind.
"""

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final
from unicodedata import combining

from compliance.desk.domain.printable import Glyphs

FONT_FOLDER: Final = Path(__file__).resolve().parents[3] / "templates" / "reports" / "fonts"
_JOINING: Final = 0x0590  # from Hebrew on, letters change with what stands beside them
_UNICODE_TABLES: Final = {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}  # (platform, encoding)


@lru_cache(maxsize=1)
def report_glyphs() -> Glyphs:
    """Say what the bundled fonts can print."""
    return Glyphs(tuple(_families().values()))


@lru_cache(maxsize=1)
def plain_glyphs() -> Glyphs:
    """Say what can be printed letter by letter: Latin, Greek and Cyrillic, with no marks to set on them."""
    return Glyphs([
        {point for point in _families()["NotoSans"] if point < _JOINING and not combining(chr(point))}
    ])


@lru_cache(maxsize=1)
def _families() -> dict[str, frozenset[int]]:
    """Read what each family has: what each of its weights has."""
    families: dict[str, frozenset[int]] = {}
    for path in sorted(FONT_FOLDER.glob("*.ttf")):
        family = path.stem.partition("-")[0]
        points = code_points(path.read_bytes())
        families[family] = families.get(family, points) & points
    return families


def code_points(font: bytes) -> frozenset[int]:
    """Read which characters a TrueType or OpenType font has a glyph for."""
    tables = _tables(font)
    cmap = tables["cmap"]
    count = struct.unpack_from(">H", font, cmap + 2)[0]
    points: set[int] = set()
    for record in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * record)
        if (platform, encoding) in _UNICODE_TABLES:
            points.update(_subtable(font, cmap + offset))
    return frozenset(points)


def _tables(font: bytes) -> Mapping[str, int]:
    count = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(count))
    return {tag.decode("ascii"): offset for tag, _, offset, _ in records}


def _subtable(font: bytes, at: int) -> Iterator[int]:
    form = struct.unpack_from(">H", font, at)[0]
    if form == 4:  # noqa: PLR2004 (the format's own number)
        yield from _segments(font, at)
    elif form == 12:  # noqa: PLR2004 (the format's own number)
        yield from _groups(font, at)


def _segments(font: bytes, at: int) -> Iterator[int]:
    """Format 4: segments of the basic plane; a glyph of 0 means that there is none.

    Yields:
        Code points.
    """
    twice = struct.unpack_from(">H", font, at + 6)[0]
    ends, starts = at + 14, at + 16 + twice
    deltas, offsets = starts + twice, starts + 2 * twice
    for segment in range(0, twice, 2):
        end, start, delta, offset = (
            struct.unpack_from(">H", font, part + segment)[0] for part in (ends, starts, deltas, offsets)
        )
        for point in range(start, end + 1):
            glyph = point
            if offset:
                glyph = struct.unpack_from(">H", font, offsets + segment + offset + 2 * (point - start))[0]
            if (offset == 0 or glyph) and (glyph + delta) & 0xFFFF:
                yield point


def _groups(font: bytes, at: int) -> Iterator[int]:
    """Format 12: runs of any plane.

    Yields:
        Code points.
    """
    count = struct.unpack_from(">I", font, at + 12)[0]
    for number in range(count):
        start, end, glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
        yield from range(start if glyph else start + 1, end + 1)
