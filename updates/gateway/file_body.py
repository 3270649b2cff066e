"""Part of a file as a response body: read in chunks, never as a whole."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from updates.gateway.byte_range import ByteRange

# Granian queues four chunks beyond the sockets' own buffers and frees the thread with the last one, so larger
# chunks free it sooner and cost memory for each slow reader: up to 1.25 MB with these.
CHUNK_BYTES: Final = 256 * 1024


class FileBody:
    """Yields the part; the server calls `close` in the end, whether all was sent or the phone left."""

    def __init__(self, path: Path, part: ByteRange, *, done: Callable[[], None]) -> None:
        with ExitStack() as opening:
            opening.callback(done)
            self._file: Final = opening.enter_context(path.open("rb"))
            self._file.seek(part.start)
            self._closing: Final = opening.pop_all()
        self._left = part.length

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        chunk = self._file.read(min(CHUNK_BYTES, self._left))
        if not chunk:
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Close the file, then say that it's done; once, however often it's called."""
        self._closing.close()
