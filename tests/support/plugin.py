"""Prepares the ground before settings load: a var directory, keys, the chosen database, a private Redis.

`addopts` loads it with `-p`, and its hook runs before pytest-django reads the settings. Both servers are real
and serve one pytest run.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from releaseconsole.kernel.encoding import b64url_encode
from tests.support.migrated import postgresql_put
from tests.support.servers import postgresql_start, redis_start

_MADE_HERE = (
    "CONSOLE_VAR_DIR",
    "KEK_FILE",
    "BUNDLE_DIR",
    "DEBUG",
    "CONSOLE_DEMO",
    "HOST",
    "PORT",
    "PUBLIC_URL",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default=os.environ.get("TEST_DATABASE", "sqlite"),
        help="Where the database tests run (also TEST_DATABASE); `make test` runs both.",
    )
    parser.addoption(
        "--everything",
        action="store_true",
        help="Run on PostgreSQL also what shows nothing new there (tests/support/one_database.py).",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Settle the environment; whatever the developer's shell says about the console is left out of tests."""
    gc.set_threshold(20_000, 20, 50)  # looking for garbage is a tenth of a run otherwise
    run_dir = Path(tempfile.mkdtemp(prefix="rc-"))  # short: sockets live in it
    early_config.add_cleanup(lambda: shutil.rmtree(run_dir, ignore_errors=True))
    for name in _MADE_HERE:
        os.environ.pop(name, None)
    var_dir = run_dir / "var"
    (var_dir / "static").mkdir(parents=True, mode=0o700)
    os.environ |= {
        "CONSOLE_VAR_DIR": str(var_dir),
        "KEK": b64url_encode(b"a KEK that exists in tests only!"),
        "SECRET_KEY": "a secret that exists in tests only " * 2,
        "DATABASE_URL": _database(early_config, run_dir, early_config.add_cleanup),
        "REDIS_URL": redis_start(run_dir / "redis", early_config.add_cleanup),
    }


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make only: what has been imported stays to the end."""
    gc.freeze()


def _database(config: pytest.Config, run_dir: Path, add_cleanup: Callable[[Callable[[], None]], None]) -> str:
    if config.known_args_namespace.database == "postgresql":
        postgresql_put(run_dir / "postgresql")
        return postgresql_start(run_dir / "postgresql", add_cleanup)
    return f"sqlite:///{run_dir / 'console.sqlite3'}"
