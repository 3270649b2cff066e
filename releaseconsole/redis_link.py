"""The one connection to Redis of each process, and how a version is announced through it."""

import logging
from functools import cache
from typing import Final

import redis
from django.conf import settings
from redis.exceptions import RedisError

# A Redis that hangs must not hang a revocation, a publish or a device's report with it.
_CONNECT_SECONDS: Final = 2
_ANSWER_SECONDS: Final = 5

_log = logging.getLogger(__name__)


@cache
def redis_client() -> redis.Redis:
    """Return this process's client; its pool notices a fork by itself."""
    return redis.Redis.from_url(
        settings.EFFECTIVE_REDIS_URL,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
    )


def version_announce(name: str, version: int) -> None:
    """Tell every process of a version that is committed; who misses it reads the database now and then."""
    if not settings.REDIS_URL and not settings.REDIS_SOCKET.exists():
        return  # the console's own Redis isn't up, so nobody is there to be told
    try:
        redis_client().set(name, version)
    except RedisError as exc:
        _log.warning("Couldn't announce version %s of %s in Redis: %s", version, name, exc)
