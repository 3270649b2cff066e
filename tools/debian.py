"""Installing a Debian package where that is possible without asking."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable


def package_ensure(name: str, *, is_there: Callable[[], object], why: str, instruction: str) -> int:
    """Make sure that something is installed; return an exit code.

    Args:
        name: The package, as Debian calls it.
        is_there: Whether it is.
        why: What it's for, to be printed while it's being installed.
        instruction: What to do where it can't be.
    """
    if is_there():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {name} {why}…", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", name], check=False)
    if is_there():
        return 0
    print(instruction, file=sys.stderr)
    return 1
