"""Finding the running console: its configuration is taken over from the process itself.

`make demo` runs in a second terminal, where `PORT`, `CONSOLE_DEMO` and the rest aren't set again. What this
terminal does set wins.
"""

import os
from pathlib import Path

import psutil

from demo.record import ROOT


def configuration_adopt() -> None:
    """Take over the environment of the console that runs on this var directory, if one does."""
    var_dir = Path(os.environ.get("CONSOLE_VAR_DIR", ROOT / "var"))
    try:
        process = psutil.Process(int((var_dir / "console.lock").read_text(encoding="ascii")))
        environment = process.environ() if "manage.py" in " ".join(process.cmdline()) else {}
    except (OSError, ValueError, psutil.Error):
        return  # none runs here, or it isn't ours to look at; the health check will tell
    for name, value in environment.items():
        os.environ.setdefault(name, value)
