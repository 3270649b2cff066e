"""Deleting consents that ended long ago: nobody has to prove them any more."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from compliance.ledger.services.purges import Purge
from releaseconsole.kernel import clock
from updates.models import ConsentRecord
from updates.services.held_rows import unheld_delete

# One transaction's share: the drain, which writes the same table, waits for none.
BATCH: Final = 2000


def consents_expire(*, batch: int = BATCH) -> Purge:
    """Delete what ended more than `CONSENT_KEEP_DAYS` ago; one that stands, or is under a hold, is kept."""

    def some(over: QuerySet[ConsentRecord]) -> int:
        numbers = list(over.order_by("pk").values_list("pk", flat=True)[:batch])
        return ConsentRecord.objects.filter(pk__in=numbers).delete()[0]

    until = clock.now() - timedelta(days=settings.CONSENT_KEEP_DAYS)
    return unheld_delete(ConsentRecord.objects.filter(withdrawn_at__lt=until), some)
