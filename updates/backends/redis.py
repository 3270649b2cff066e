"""The connection to Redis, and the names of the console's keys there."""

from functools import cache
from typing import Final

import redis
from django.conf import settings

TABLE_VERSION_KEY: Final = "rc:table-version"
EVENT_STREAM: Final = "rc:events"


@cache
def redis_client() -> redis.Redis:
    """Return this process's client; its pool notices a fork by itself."""
    return redis.Redis.from_url(settings.EFFECTIVE_REDIS_URL)
