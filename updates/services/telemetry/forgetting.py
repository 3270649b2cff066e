"""Forgetting devices that aren't heard of any more, with what is only kept for their sake."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from compliance.ledger.services.purges import Purge
from releaseconsole.kernel import clock
from updates.models import App, ConsentRecord, Device
from updates.services.failures import outcomes_delete
from updates.services.held_rows import unheld_delete

# One transaction's share: the drain, which writes the same rows, waits for none.
BATCH: Final = 1000


def devices_forget(*, batch: int = BATCH) -> Purge:
    """Delete devices that weren't heard of for `DEVICE_KEEP_DAYS` and no legal hold keeps, app by app.

    With a device go what became of versions on it, and a consent that stands: who comes back says it anew.
    One that ended stays for its own time. So does what people decided: its channel, its tester, its key.
    What keeps a device keeps those as well: holds know devices, not tables.
    """
    until = clock.now() - timedelta(days=settings.DEVICE_KEEP_DAYS)
    gone, held = 0, Counter[int]()
    for app_id in App.objects.values_list("pk", flat=True):
        unheard = Device.objects.filter(app=app_id, last_seen_at__lt=until)
        done = unheld_delete(unheard, partial(_some_forget, app_id, batch))
        gone, held = gone + done.removed, held + Counter(done.held)
    return Purge(gone, held)


def _some_forget(app_id: str, batch: int, unheard: QuerySet[Device]) -> int:
    # Locked, so that one that reports in this moment is either seen to do so, or begins anew.
    locked = unheard.order_by("last_seen_at").select_for_update()
    devices = dict(locked[:batch].values_list("pk", "device_id"))
    theirs = Q(app=app_id, device_id__in=devices.values())
    outcomes_delete(theirs)
    ConsentRecord.objects.filter(theirs, withdrawn_at=None).delete()
    return Device.objects.filter(pk__in=devices).delete()[0]
