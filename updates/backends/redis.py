"""The connection to Redis, and the names of the console's keys there."""

from functools import cache
from typing import Final

import redis
from django.conf import settings

TABLE_VERSION_KEY: Final = "rc:table-version"
EVENT_STREAM: Final = "rc:events"
# A Redis that hangs must not hang a publish or a device's report with it.
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
