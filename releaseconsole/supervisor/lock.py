"""One console per var directory.

The lock is inherited by every child on purpose: it's free again only when the last of them has ended, so a
new console never meets the old one's Redis in the same directory.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from releaseconsole.supervisor.errors import AlreadyRunningError


def lock_take(path: Path) -> IO[str]:
    """Take the lock and write this process's id into it; keep the returned file open.

    Raises:
        AlreadyRunningError: Another console, or a child of one that is just ending, holds it.
    """
    lock = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise AlreadyRunningError(
            f"A console already runs on {path.parent} (process {holder}). Stop it, or choose another "
            "directory with CONSOLE_VAR_DIR."
        ) from exc
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    os.set_inheritable(lock.fileno(), True)
    return lock
