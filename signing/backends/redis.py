"""The connection to Redis, and the names of signing's keys there."""

from functools import cache
from typing import Final

import redis
from django.conf import settings

KEY_SET_VERSION_KEY: Final = "rc:keys-version"
# A Redis that hangs must not hang a revocation with it.
_CONNECT_SECONDS: Final = 2
_ANSWER_SECONDS: Final = 5


@cache
def redis_client() -> redis.Redis:
    """Return this process's client; its pool notices a fork by itself."""
    return redis.Redis.from_url(
        settings.EFFECTIVE_REDIS_URL,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
    )
