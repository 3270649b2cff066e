"""Looking for somebody in Redis: each key's name and value, and its files where they're on this host."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import redis

from compliance.desk.backends.byte_search import file_holds
from releaseconsole.kernel import clock
from releaseconsole.redis_link import redis_client

_AT_ONCE: Final = 1000
_REWRITE_SECONDS: Final = 60
_PAUSE: Final = 0.05


def redis_search(needles: Sequence[str], *, leave_out: Collection[str]) -> dict[str, int]:
    """Count keys that hold one of these, in name or value.

    Args:
        needles: What to look for.
        leave_out: Keys that are always in motion, such as the streams of telemetry.
    """
    wanted = [each.lower().encode() for each in needles]
    found = 0
    for key in redis_client().scan_iter(count=_AT_ONCE):
        if key.decode(errors="replace") not in leave_out:
            found += any(needle in heap.lower() for heap in (key, *_values(key)) for needle in wanted)
    return {"redis": found} if found else {}


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


def redis_files_search(needles: Sequence[str]) -> dict[str, int]:
    """Look through them."""
    return {path.name: 1 for path in redis_files() if file_holds(path, needles)}


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


def _values(key: bytes) -> Iterator[bytes]:
    client: Any = redis_client()
    kind = client.type(key).decode()
    if kind == "string":
        yield client.get(key) or b""
    elif kind == "list":
        yield from client.lrange(key, 0, -1)
    elif kind == "set":
        yield from client.sscan_iter(key, count=_AT_ONCE)
    elif kind == "zset":
        yield from (member for member, _ in client.zscan_iter(key, count=_AT_ONCE))
    elif kind == "hash":
        yield from _flat(client.hscan_iter(key, count=_AT_ONCE))
    elif kind == "stream":
        yield from _entries(client, key)


def _flat(pairs: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    for name, value in pairs:
        yield name
        yield value


def _entries(client: Any, key: bytes) -> Iterator[bytes]:
    after = "-"
    while entries := client.xrange(key, after, "+", _AT_ONCE):
        for _, fields in entries:
            yield from fields.values()
        after = f"({entries[-1][0].decode()}"
