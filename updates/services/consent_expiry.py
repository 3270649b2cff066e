"""Deleting consents that ended long ago: nobody has to prove them any more."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from releaseconsole.kernel import clock
from updates.models import ConsentRecord

# One transaction's share: the drain, which writes the same table, waits for none.
BATCH: Final = 2000


def consents_expire(*, batch: int = BATCH) -> int:
    """Delete what ended more than `CONSENT_KEEP_DAYS` ago; returns how many. One that stands is kept."""
    until = clock.now() - timedelta(days=settings.CONSENT_KEEP_DAYS)
    over = ConsentRecord.objects.filter(withdrawn_at__lt=until).order_by("pk").values_list("pk", flat=True)
    gone = 0
    while some := list(over[:batch]):
        gone += ConsentRecord.objects.filter(pk__in=some).delete()[0]
    return gone
