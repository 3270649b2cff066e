"""All that is stored, as text, for tests that look for what mustn't be in it."""

from typing import cast

import redis
from django.apps import apps


def in_redis(client: redis.Redis) -> str:
    """Every key that Redis holds, with its value."""
    names = [cast("bytes", name) for name in client.scan_iter()]
    streams = [client.xrange(name, "-", "+") for name in names if client.type(name) == b"stream"]
    return repr((names, [client.dump(name) for name in names], streams))


def in_database() -> str:
    """Every row of every table."""
    return repr([list(model._default_manager.values()) for model in apps.get_models()])
