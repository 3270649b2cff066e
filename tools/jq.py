"""`python -m tools.jq`: make sure that there is jq, which the jobs of a CI that tests play have."""

import shutil
import sys
from typing import Final

from tools.debian import package_ensure

_INSTRUCTION: Final = """\
One end-to-end test needs jq, which isn't installed.
  Debian, Ubuntu: sudo apt-get install jq      Fedora: sudo dnf install jq      macOS: brew install jq"""


def main() -> int:
    """Install it where that is possible without asking, else say how."""
    return package_ensure(
        "jq", is_there=lambda: shutil.which("jq"), why="for the end-to-end tests", instruction=_INSTRUCTION
    )


if __name__ == "__main__":
    sys.exit(main())
