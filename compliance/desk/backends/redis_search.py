"""Looking for somebody in Redis: each key's name and value, and its files where they're on this host."""

import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

import redis

from compliance.desk.backends.byte_search import file_holds
from compliance.desk.domain.searched import Searched
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Needles
from releaseconsole.redis_link import redis_client

_AT_ONCE: Final = 1000
_REWRITE_SECONDS: Final = 60
_PAUSE: Final = 0.05


def redis_search(needles: Needles, *, leave_out: Collection[str], apps: Collection[str] = ()) -> Searched:
    """Count what mentions somebody, by key: its name, its members, the fields of a hash.

    Args:
        needles: What to look for.
        leave_out: Keys that are always in motion, such as the streams of telemetry.
        apps: Ids of apps: a key with one between its colons is of that app.
    """
    found = Searched()
    for key in redis_client().scan_iter(count=_AT_ONCE) if needles else ():
        name = key.decode(errors="replace")
        app = next((part for part in name.split(":") if part in apps), None)
        if name not in leave_out:
            found.look(name, needles, key, within=app)
            for parts in _members(key):
                found.look(name, needles, *parts, within=app)
    return found


def redis_files() -> list[Path]:
    """Return Redis' own files, if they're on this host and it says where."""
    try:
        folder: Any = redis_client().config_get("dir")
    except redis.RedisError:  # a managed service says nothing
        return []
    place = Path(folder.get("dir", "/nowhere"))
    if not place.is_dir():
        return []
    names = [*place.glob("*.aof"), *place.glob("*.rdb"), *place.glob("appendonlydir/*")]
    return sorted(path for path in names if path.is_file())


def redis_files_search(needles: Needles) -> dict[str, int]:
    """Look through them."""
    return {path.name: 1 for path in redis_files() if file_holds(path, needles, has_borders=False)}


def redis_compact(wait: float = _REWRITE_SECONDS) -> bool:
    """Have the append-only file written anew, so that what was deleted isn't in it; False: it can't be had.

    A rewrite that is under way already began before the deletion, so another one follows it.
    """
    client = redis_client()
    try:
        if not dict(_info()).get("aof_enabled"):
            return True
        ends_at = clock.monotonic() + wait
        _rewrite_wait(ends_at)
        client.bgrewriteaof()
        return _rewrite_wait(ends_at)
    except redis.RedisError:
        return False


def _rewrite_wait(ends_at: float) -> bool:
    while clock.monotonic() < ends_at:
        told = _info()
        if not told.get("aof_rewrite_in_progress") and not told.get("aof_rewrite_scheduled"):
            return bool(told.get("aof_last_bgrewrite_status", "ok") == "ok")
        time.sleep(_PAUSE)
    return False


def _info() -> dict[str, Any]:
    told: Any = redis_client().info("persistence")
    return dict(told)


def _members(key: bytes) -> Iterator[tuple[bytes, ...]]:
    client: Any = redis_client()
    kind = client.type(key).decode()
    if kind == "string":
        yield (client.get(key) or b"",)
    elif kind == "list":
        yield from ((member,) for member in client.lrange(key, 0, -1))
    elif kind == "set":
        yield from ((member,) for member in client.sscan_iter(key, count=_AT_ONCE))
    elif kind == "zset":
        yield from ((member,) for member, _ in client.zscan_iter(key, count=_AT_ONCE))
    elif kind == "hash":
        yield from client.hscan_iter(key, count=_AT_ONCE)
    elif kind == "stream":
        yield from _entries(client, key)


def _entries(client: Any, key: bytes) -> Iterator[tuple[bytes, ...]]:
    after = "-"
    while entries := client.xrange(key, after, "+", _AT_ONCE):
        for _, fields in entries:
            yield tuple(fields.values())
        after = f"({entries[-1][0].decode()}"
