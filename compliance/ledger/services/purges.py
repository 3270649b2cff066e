"""Noting that a purge ran, for the page that lists how long what is kept."""

from collections.abc import Callable
from enum import StrEnum

from django.db import transaction

from compliance.ledger.models import PurgeRun
from releaseconsole.kernel import clock


class Purged(StrEnum):
    """What is deleted when its time is over."""

    EVENTS = "device events"
    DEVICES = "devices"
    CONSENTS = "ended consents"
    OVERRIDES = "overrides"
    TESTERS = "testers"
    BUNDLES = "bundles"
    WEBHOOKS = "webhook messages"
    SESSIONS = "sessions"
    ATTEMPTS = "failed attempts"
    CONTENT = "audit content"
    EXPORTS = "exports"
    REQUESTS = "privacy requests"
    PROVIDER_NOTICES = "notices to providers"


def purge_run(what: Purged, purge: Callable[[], int]) -> int:
    """Run a purge, and note how much went; one that fails isn't noted, and so gets overdue."""
    removed = purge()
    now = clock.now()
    with transaction.atomic():
        row = PurgeRun.objects.select_for_update().filter(pk=what.value).first() or PurgeRun(pk=what.value)
        row.ran_at, row.removed = now, removed
        row.total += removed
        row.removed_at = now if removed else row.removed_at
        row.save()
    return removed
