"""Noting that a purge ran, for the page that lists how long what is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Purge:
    """What a purge did that asks legal holds.

    Attributes:
        removed: How many rows went.
        held: How many stayed whose time was over, by number of the hold that keeps them.
    """

    removed: int
    held: Mapping[int, int] = field(default_factory=dict)


def purge_run(what: Purged, purge: Callable[[], int | Purge]) -> int:
    """Run a purge, and note how much went and stayed; one that fails isn't noted, and so gets overdue."""
    told = purge()
    done = told if isinstance(told, Purge) else Purge(told)
    removed, now = done.removed, clock.now()
    with transaction.atomic():
        row = PurgeRun.objects.select_for_update().filter(pk=what.value).first() or PurgeRun(pk=what.value)
        row.ran_at, row.removed = now, removed
        row.total += removed
        row.held = {str(hold): count for hold, count in sorted(done.held.items()) if count}
        row.removed_at = now if removed else row.removed_at
        row.save()
    return removed
