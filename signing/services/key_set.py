"""Telling every process that what signs, verifies or is published has changed."""

from django.db import transaction
from django.db.models import F

from releaseconsole.redis_link import version_announce
from signing.backends.redis import KEY_SET_VERSION_KEY
from signing.models import KeySetVersion


def key_set_touch() -> None:
    """Raise the key set's version in the caller's transaction and, on commit, the counter in Redis.

    Call it last: the version is one row for the whole console, so the shorter it is locked the better.
    """
    KeySetVersion.objects.get_or_create(singleton=True)
    KeySetVersion.objects.filter(singleton=True).update(version=F("version") + 1)
    version = KeySetVersion.objects.get(singleton=True).version
    transaction.on_commit(lambda: version_announce(KEY_SET_VERSION_KEY, version))
