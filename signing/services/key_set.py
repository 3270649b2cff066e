"""Telling every process that what signs, verifies or is published has changed."""

import logging

from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from signing.backends.redis import KEY_SET_VERSION_KEY, redis_client
from signing.models import KeySetVersion

_log = logging.getLogger(__name__)


def key_set_touch() -> None:
    """Raise the key set's version in the caller's transaction and, on commit, the counter in Redis.

    Call it last: the version is one row for the whole console, so the shorter it is locked the better.
    """
    KeySetVersion.objects.get_or_create(singleton=True)
    KeySetVersion.objects.filter(singleton=True).update(version=F("version") + 1)
    version = KeySetVersion.objects.get(singleton=True).version
    transaction.on_commit(lambda: _announce(version))


def _announce(version: int) -> None:
    try:
        redis_client().set(KEY_SET_VERSION_KEY, version)
    except RedisError as exc:  # the change is committed; processes also read the row itself now and then
        _log.warning("Couldn't announce key set %s in Redis: %s", version, exc)
