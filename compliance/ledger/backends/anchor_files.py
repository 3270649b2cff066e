"""A folder with one file for each checkpoint. It's as good as what guards it: best another machine's disk."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from compliance.ledger.errors import AnchorError
from releaseconsole.kernel import randomness

_READ_ONLY = 0o444
_FOLDER = 0o755


class FileDrop:
    """The folder; below it one folder a day."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def lay(self, name: str, note: str) -> None:
        """Write a file that nobody has seen half of, and never over another one.

        Raises:
            AnchorError: It can't be written, or another one is there.
        """
        path, data = self._folder / name, note.encode()
        try:
            # The folder itself is the operator's to make: where a disk isn't mounted, nothing is written.
            path.parent.mkdir(mode=_FOLDER, exist_ok=True)
            beside = path.with_name(f".{path.name}.{randomness.token_id()}")
            try:
                self._write(beside, data)
                os.link(beside, path)
            finally:
                beside.unlink(missing_ok=True)
            self._sync(path.parent)
        except FileExistsError as exc:
            if path.read_bytes() != data:
                raise AnchorError(f"Another checkpoint lies at {path} already.") from exc
        except OSError as exc:
            raise AnchorError(f"{path} can't be written: {exc.strerror}.") from exc

    def read(self, name: str) -> str | None:
        """Read one back; None: it isn't there.

        Raises:
            AnchorError: It can't be read.
        """
        try:
            return (self._folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise AnchorError(f"{self._folder / name} can't be read: {exc.strerror}.") from exc

    def newest(self, count: int) -> Iterator[str]:
        """Name the newest files, newest first.

        Yields:
            Names as `lay` takes them.

        Raises:
            AnchorError: The folder can't be read.
        """
        try:
            yield from islice(self._names(), count)
        except OSError as exc:
            raise AnchorError(f"{self._folder} can't be read: {exc.strerror}.") from exc

    def _names(self) -> Iterator[str]:
        for day in sorted(os.listdir(self._folder), reverse=True):  # noqa: PTH208 (names are what is wanted)
            if (self._folder / day).is_dir():
                files = (each.name for each in (self._folder / day).glob("*.checkpoint"))
                yield from (f"{day}/{name}" for name in sorted(files, reverse=True) if name[0] != ".")

    def _write(self, path: Path, data: bytes) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READ_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _sync(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
