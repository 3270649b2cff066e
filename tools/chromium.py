"""`python -m tools.chromium`: make sure that there is a Chromium for the browser tests."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from tools.debian import package_ensure

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_INSTRUCTION: Final = """\
The browser tests need Chromium, which isn't installed. Either
  Debian, Ubuntu: sudo apt-get install chromium      Fedora: sudo dnf install chromium
  macOS: brew install --cask chromium
or name one: CHROMIUM=/path/to/chromium make test"""


def chromium_find() -> Path | None:
    """Return $CHROMIUM, or the system's own."""
    if named := os.environ.get("CHROMIUM"):
        return Path(named) if Path(named).exists() else None
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def main() -> int:
    """Install it where that is possible without asking, else say how."""
    return package_ensure(
        "chromium", is_there=chromium_find, why="for the browser tests", instruction=_INSTRUCTION
    )


if __name__ == "__main__":
    sys.exit(main())
