"""Databases as the migrations leave them: made once for all runs of the same code, and copied by each.

Migrating takes longer than most folders of tests. A copy is found by all that could change it: the product's
code, and the pins. Two tests start from nothing for real: tests/browser/test_set_up.py and the first of
tests/e2e/test_supervisor.py.
"""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.support.servers import postgresql_start

_ROOT: Final = Path(__file__).resolve().parents[2]
_KEPT: Final = _ROOT / ".pytest_cache" / "migrated"
_CODE: Final = ("accounts", "compliance", "releaseconsole", "signing", "updates")
_FILE: Final = "console.sqlite3"
# What Django calls the test database of the one that a new server has.
_TESTS_OWN: Final = "test_postgres"


def sqlite_put(path: Path) -> None:
    """Put a migrated database there."""
    _copied("sqlite", _sqlite_make, lambda kept: shutil.copyfile(kept / _FILE, path))
    path.chmod(0o600)


def postgresql_put(directory: Path) -> None:
    """Put the files of a server there that has a migrated database for tests."""
    _copied(
        "postgresql",
        _postgresql_make,
        # Not by shutil: they belong to the user that the server runs as.
        lambda kept: subprocess.run(["cp", "-pR", kept, directory], check=True),
    )


def _copied(kind: str, make: Callable[[Path], None], copy: Callable[[Path], object]) -> None:
    _KEPT.mkdir(parents=True, exist_ok=True)
    kept = _KEPT / f"{kind}-{_digest()}"
    with (_KEPT / f"{kind}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for of_other_code in _KEPT.glob(f"{kind}-*"):
                shutil.rmtree(of_other_code)
            make(_KEPT / f"{kind}-half")
            (_KEPT / f"{kind}-half").rename(kept)
        copy(kept)


@cache
def _digest() -> str:
    code = sorted(path for folder in _CODE for path in (_ROOT / folder).rglob("*.py"))
    told = sha256(platform.python_version().encode())
    for path in [*code, *sorted(_ROOT.glob("requirements*.txt")), Path(__file__)]:
        told.update(sha256(str(path.relative_to(_ROOT)).encode()).digest())
        told.update(sha256(path.read_bytes()).digest())
    return told.hexdigest()[:16]


def _sqlite_make(directory: Path) -> None:
    directory.mkdir()
    _migrate(f"sqlite:///{directory / _FILE}")


def _postgresql_make(directory: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="rc-pg-") as folder:  # short: a socket's path has little room
        ends: list[Callable[[], None]] = []
        url = postgresql_start(Path(folder) / "data", ends.append, database=_TESTS_OWN)
        try:
            _migrate(url)
        finally:
            for end in ends:
                end()
        subprocess.run(["cp", "-pR", Path(folder) / "data", directory], check=True)


def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="rc-migrated-") as var_dir:
        environment = os.environ | {"CONSOLE_VAR_DIR": var_dir, "DATABASE_URL": url}
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        done = subprocess.run(
            command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
