"""Running a few lines in a process of their own, on the database of the test: what a worker would see."""

import os
import subprocess
import sys

from django.conf import settings
from django.db import connection

_BEFORE = "import django; django.setup()\n"


def run_elsewhere(code: str) -> str:
    """Run Python code with Django set up; return what it printed. The test has to commit for real."""
    database = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database}"
    else:
        head, _, tail = os.environ["DATABASE_URL"].partition("?")
        url = f"{head.rpartition('/')[0]}/{database}" + (f"?{tail}" if tail else "")
    done = subprocess.run(
        [sys.executable, "-c", _BEFORE + code],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "releaseconsole.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
