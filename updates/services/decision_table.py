"""Telling every web process that what devices are told has changed."""

from django.db import transaction
from django.db.models import F

from releaseconsole.redis_link import version_announce
from updates.backends.redis import TABLE_VERSION_KEY
from updates.models import DecisionTableVersion


def decision_table_touch() -> None:
    """Raise the table's version in the caller's transaction and, on commit, the counter in Redis."""
    DecisionTableVersion.objects.get_or_create(singleton=True)
    DecisionTableVersion.objects.filter(singleton=True).update(version=F("version") + 1)
    version = DecisionTableVersion.objects.get(singleton=True).version
    transaction.on_commit(lambda: version_announce(TABLE_VERSION_KEY, version))
