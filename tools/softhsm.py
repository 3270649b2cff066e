"""`python -m tools.softhsm`: make sure that there is SoftHSM2, the HSM of the tests."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from tools.debian import package_ensure

_MODULES: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",  # Debian, Ubuntu
    "/usr/lib64/pkcs11/libsofthsm2.so",  # Fedora
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
_INSTRUCTION: Final = """\
The tests of key backends need SoftHSM2, which isn't installed. Either
  Debian, Ubuntu: sudo apt-get install softhsm2      Fedora: sudo dnf install softhsm
  macOS: brew install softhsm
or name its library: SOFTHSM2_MODULE=/path/to/libsofthsm2.so make test"""


def softhsm_find() -> Path | None:
    """Return $SOFTHSM2_MODULE, or the system's own; its command must be on PATH too."""
    named = os.environ.get("SOFTHSM2_MODULE")
    found = next(filter(Path.exists, map(Path, [named] if named else _MODULES)), None)
    return found if shutil.which("softhsm2-util") else None


def main() -> int:
    """Install it where that is possible without asking, else say how."""
    return package_ensure(
        "softhsm2", is_there=softhsm_find, why="for the tests of key backends", instruction=_INSTRUCTION
    )


if __name__ == "__main__":
    sys.exit(main())
