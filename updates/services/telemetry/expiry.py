"""Deleting events that were kept for long enough; the hourly counts name no device and stay."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from releaseconsole.kernel import clock
from updates.models import DeviceEvent

# One transaction's share: the drain, which writes the same table, waits for none.
BATCH: Final = 2000
# A day's run deletes this many batches at most; the rest is the next day's.
_MOST_BATCHES: Final = 5000


def events_expire(*, batch: int = BATCH) -> int:
    """Delete what is older than `TELEMETRY_EVENT_DAYS`, oldest first; returns how many.

    Events are numbered as they come, so the oldest are found without an index of their own.
    """
    until = clock.now() - timedelta(days=settings.TELEMETRY_EVENT_DAYS)
    gone = 0
    for _ in range(_MOST_BATCHES):
        oldest = DeviceEvent.objects.order_by("pk").values_list("pk", "received_at")[:batch]
        over = [pk for pk, received_at in oldest if received_at < until]
        if not over:
            break
        gone += DeviceEvent.objects.filter(pk__in=over).delete()[0]
    return gone
