"""Telling every web process that what devices are told has changed."""

import logging

from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from updates.backends.redis import TABLE_VERSION_KEY, redis_client
from updates.models import DecisionTableVersion

_log = logging.getLogger(__name__)


def decision_table_touch() -> None:
    """Raise the table's version in the caller's transaction and, on commit, the counter in Redis."""
    DecisionTableVersion.objects.get_or_create(singleton=True)
    DecisionTableVersion.objects.filter(singleton=True).update(version=F("version") + 1)
    version = DecisionTableVersion.objects.get(singleton=True).version
    transaction.on_commit(lambda: _announce(version))


def _announce(version: int) -> None:
    try:
        redis_client().set(TABLE_VERSION_KEY, version)
    except RedisError as exc:  # the change is committed; processes also read the row itself now and then
        _log.warning("Couldn't announce decision table %s in Redis: %s", version, exc)
