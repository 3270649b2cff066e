"""Forgetting devices that aren't heard of any more, with what is only kept for their sake."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from releaseconsole.kernel import clock
from updates.models import App, ConsentRecord, Device
from updates.services.failures import outcomes_delete

# One transaction's share: the drain, which writes the same rows, waits for none.
BATCH: Final = 1000


def devices_forget(*, batch: int = BATCH) -> int:
    """Delete devices that weren't heard of for `DEVICE_KEEP_DAYS`, app by app; returns how many.

    With a device go what became of versions on it, and a consent that stands: who comes back says it anew.
    One that ended stays for its own time. So does what people decided: its channel, its tester, its key.
    """
    until = clock.now() - timedelta(days=settings.DEVICE_KEEP_DAYS)
    gone = 0
    for app_id in App.objects.values_list("pk", flat=True):
        while forgotten := _some_forget(app_id, until, batch):
            gone += forgotten
    return gone


def _some_forget(app_id: str, until: datetime, batch: int) -> int:
    with transaction.atomic():
        # Locked, so that one that reports in this moment is either seen to do so, or begins anew.
        unheard = Device.objects.filter(app=app_id, last_seen_at__lt=until).order_by("last_seen_at")
        devices = dict(unheard.select_for_update()[:batch].values_list("pk", "device_id"))
        theirs = Q(app=app_id, device_id__in=devices.values())
        outcomes_delete(theirs)
        ConsentRecord.objects.filter(theirs, withdrawn_at=None).delete()
        return Device.objects.filter(pk__in=devices).delete()[0]
