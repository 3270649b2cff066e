"""Looking for texts in files, in pieces, and overwriting them where they stand."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

_PIECE: Final = 4 << 20


def file_holds(path: Path, needles: Sequence[str]) -> bool:
    """Tell whether one of these is in a file; letters may be large or small."""
    return next(_places(path, needles), None) is not None


def file_mentions(path: Path, needles: Sequence[str]) -> int:
    """Count them."""
    return sum(1 for _ in _places(path, needles))


def file_mask(path: Path, needles: Sequence[str]) -> int:
    """Overwrite each with as many `x`, so that who is appending to the file isn't disturbed."""
    found = list(_places(path, needles))
    with path.open("r+b") as file:
        for place, length in found:
            file.seek(place)
            file.write(b"x" * length)
    return len(found)


def _places(path: Path, needles: Sequence[str]) -> Iterator[tuple[int, int]]:
    wanted = [each.lower().encode() for each in needles]
    overlap = max(map(len, wanted), default=1) - 1
    start, rest = 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            heap = (rest + piece).lower()
            offset = start - len(rest)
            for needle in wanted:
                at = heap.find(needle)
                while at >= 0:
                    # What ends within the overlap was found with the piece before.
                    if at + len(needle) > len(rest):
                        yield offset + at, len(needle)
                    at = heap.find(needle, at + 1)
            start += len(piece)
            rest = (rest + piece)[-overlap:] if overlap else b""
