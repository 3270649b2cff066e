"""The children's log files: one per child in `var/log`, so that the terminal stays readable."""

import os
import shutil
from pathlib import Path
from typing import IO, Final

LARGEST_BYTES: Final = 20_000_000
_TAIL_BYTES: Final = 4_000


def log_open(path: Path) -> IO[bytes]:
    """Open for appending; a trim by another process then never leaves a hole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("ab")


def log_trim(path: Path) -> None:
    """Move what is in a log that has grown large to `<name>.1`, while its child goes on writing."""
    if path.exists() and path.stat().st_size > LARGEST_BYTES:
        shutil.copyfile(path, path.with_suffix(path.suffix + ".1"))
        os.truncate(path, 0)


def log_tail(path: Path, lines: int) -> str:
    """Return the last `lines` lines, indented for a message."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        text = log.read().decode(errors="replace")
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])
