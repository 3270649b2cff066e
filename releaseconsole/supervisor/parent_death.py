"""A process that ends when its parent does, however the parent ended (Linux; elsewhere this does nothing)."""

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
# Loaded at import: between fork and exec a process should do as little as it can.
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int | None = None) -> None:
    """Ask the kernel for SIGTERM when the parent dies, since a SIGKILL lets no parent clean up.

    Args:
        parent: The parent's id, where the caller knew it before the fork: a parent that died in between
            is noticed by it.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
