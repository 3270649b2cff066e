"""Deleting events that were kept for long enough; the hourly counts name no device and stay."""

from collections import Counter
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from compliance.ledger.services.erasing import erasing_lock
from compliance.ledger.services.purges import Purge
from releaseconsole.kernel import clock
from updates.models import DeviceEvent
from updates.selectors.holding import rows_held

# One transaction's share: the drain, which writes the same table, waits for none.
BATCH: Final = 2000
# A day's run deletes this many batches at most; the rest is the next day's.
_MOST_BATCHES: Final = 5000


def events_expire(*, batch: int = BATCH) -> Purge:
    """Delete what is older than `TELEMETRY_EVENT_DAYS` and under no legal hold, oldest first.

    Events are numbered as they come, so the oldest are found without an index of their own.
    """
    until = clock.now() - timedelta(days=settings.TELEMETRY_EVENT_DAYS)
    gone, batches, last = 0, 0, 0
    held: Counter[int] = Counter()
    while batches < _MOST_BATCHES:
        oldest = DeviceEvent.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "received_at")
        over = [pk for pk, received_at in oldest[:batch] if received_at < until]
        if not over:
            break
        last = over[-1]
        done = _unheld_delete(over)
        gone, held = gone + done.removed, held + Counter(done.held)
        batches += done.removed > 0  # what is held is passed over, however much it is
    return Purge(gone, held)


def _unheld_delete(numbers: list[int]) -> Purge:
    with transaction.atomic():
        erasing_lock()
        rows, kept = DeviceEvent.objects.filter(pk__in=numbers), set[int]()
        held: dict[int, int] = {}
        for hold, condition in rows_held(DeviceEvent).items():
            theirs = set(rows.filter(condition).values_list("pk", flat=True))
            held[hold] = len(theirs)
            kept |= theirs
        going = DeviceEvent.objects.filter(pk__in=[pk for pk in numbers if pk not in kept])
        return Purge(going.delete()[0], held)
