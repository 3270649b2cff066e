"""The `Range` header (RFC 9110, section 14), as far as phones use it: one range of bytes. Pure."""

import re
from typing import Final, NamedTuple

from releaseconsole.kernel.errors import ConsoleError

# 18 digits hold any file, and can't be made expensive to read.
_ONE_RANGE: Final = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


class RangeNotSatisfiableError(ConsoleError):
    """The range begins behind the end of the file."""

    code = "range_not_satisfiable"
    title = "The file has no such range."


class ByteRange(NamedTuple):
    """Where to start and how much to send."""

    start: int
    length: int


def byte_range_read(header: str, *, size: int) -> ByteRange | None:
    """Read a `Range` header for a file of `size` bytes; None means: send all of it.

    What isn't a single well-formed range is ignored, as the RFC allows, rather than refused.

    Raises:
        RangeNotSatisfiableError: It is well-formed, and nothing of the file lies in it.
    """
    match = _ONE_RANGE.fullmatch(header)
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size - 1, int(last)) if first and last else size - 1
    if start > end:
        raise RangeNotSatisfiableError
    return ByteRange(start, end - start + 1)
