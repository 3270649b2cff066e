"""Looking for somebody in files, also in compressed ones, and overwriting mentions where they stand."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from releaseconsole.personal_data import Needles

_PIECE: Final = 4 << 20
# A piece is looked at with so much of the one before it and after it: what stands beside a mention counts.
_MARGIN: Final = 8192
_GZIP: Final = b"\x1f\x8b"
# It only looks compressed, is cut short, has a password (RuntimeError) or a packing that Python doesn't know
# (NotImplementedError, a kind of that): its bytes as they stand have been looked at.
_UNREADABLE: Final = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError)
# Mails break lines within words: quoted-printable by an equals sign, base64 after a full line.
_BROKEN: Final = re.compile(rb"=\r?\n|(?<=[A-Za-z0-9+/]{60})\r?\n(?=[A-Za-z0-9+/=])")

Span = tuple[int, int]


def file_holds(path: Path, needles: Needles, *, has_borders: bool = True) -> bool:
    """Tell whether a file mentions somebody, also in what is compressed in it; one that is gone doesn't.

    Args:
        path: Of the file.
        needles: What they're known by.
        has_borders: Values in it have signs between them; pages of a database haven't.
    """
    with suppress(FileNotFoundError):
        with path.open("rb") as file:
            if any(True for _ in _mentions(file, needles, has_borders=has_borders)):
                return True
        return any(_is_inside(stream, needles) for stream in _opened(path))
    return False


def file_mentions(path: Path, needles: Needles) -> int:
    """Count them."""
    with suppress(FileNotFoundError), _plain(path) as file:
        return sum(1 for _ in _spans(file, needles))
    return 0


def file_mask(path: Path, needles: Needles) -> int:
    """Overwrite each with as many `x`, so that who is appending to the file isn't disturbed."""
    with suppress(FileNotFoundError):
        with _plain(path) as file:
            found = list(_spans(file, needles))
        if found and _is_gzip(path):
            _gzip_mask(path, found)
        elif found:
            with path.open("r+b") as file:
                for start, end in found:
                    file.seek(start)
                    file.write(b"x" * (end - start))
        return len(found)
    return 0


def _gzip_mask(path: Path, found: list[Span]) -> None:
    """Write it anew; nobody appends to a log that was set aside."""
    with gzip.open(path) as file:
        content = bytearray(file.read())
    for start, end in found:
        content[start:end] = b"x" * (end - start)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(gzip.compress(content))
    beside.replace(path)


def _plain(path: Path) -> IO[bytes]:
    if _is_gzip(path):
        return gzip.GzipFile(path)  # type: ignore[return-value]  # it reads as a file does
    return path.open("rb")


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_GZIP)) == _GZIP


def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open what is compressed in a file.

    Yields:
        One stream at a time.
    """
    if _is_gzip(path):
        with _plain(path) as file:
            yield file
    elif zipfile.is_zipfile(path):
        with suppress(*_UNREADABLE), zipfile.ZipFile(path) as pack:
            for name in pack.namelist():
                with pack.open(name) as member:
                    yield member


def _is_inside(stream: IO[bytes], needles: Needles) -> bool:
    with suppress(*_UNREADABLE):
        return any(True for _ in _mentions(stream, needles, has_borders=True))
    return False


def _mentions(file: IO[bytes], needles: Needles, *, has_borders: bool) -> Iterator[Span]:
    """Find them as they stand, and with lines put together that a mail broke.

    Yields:
        Where in a piece: that there's one at all is what counts.
    """
    for heap, start, end, _ in _pieces(file):
        whole = [heap, _BROKEN.sub(b"", heap)] if has_borders and _BROKEN.search(heap) else [heap]
        for each in whole:
            is_text = has_borders and b"\0" not in each
            found = needles.spans(each) if is_text else needles.spans_unbordered(each)
            yield from (span for span in found if each is not heap or start <= span[0] < end)


def _spans(file: IO[bytes], needles: Needles) -> Iterator[Span]:
    for heap, start, end, offset in _pieces(file):
        for span in needles.spans(heap):
            if start <= span[0] < end:
                yield offset + span[0], offset + span[1]


def _pieces(file: IO[bytes]) -> Iterator[tuple[bytes, int, int, int]]:
    """Read a file in pieces that overlap.

    Yields:
        Each with which part of it is to be searched for beginnings, and where it begins in the file.
    """
    heap, offset, start = b"", 0, 0
    while piece := _read(file):
        heap += piece
        end = len(heap) - _MARGIN
        if end > start:
            yield heap, start, end, offset
            cut = max(0, end - _MARGIN)
            heap, offset, start = heap[cut:], offset + cut, end - cut
    yield heap, start, len(heap), offset


def _read(file: IO[bytes]) -> bytes:
    try:
        return file.read(_PIECE)
    except _UNREADABLE:
        return b""
