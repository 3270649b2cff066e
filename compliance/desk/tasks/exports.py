"""Making exports, and removing their files when their time is over.

Beat asks every few seconds: for what was ordered, and for what a dead worker left. Nothing else starts one,
so an order waits for no broker.
"""

from celery import shared_task

from compliance.desk.services.export_making import exports_make as make
from compliance.desk.services.exports import exports_remove as remove
from compliance.ledger.services.purges import Purged, purge_run


@shared_task(name="desk.tasks.exports_make", ignore_result=True, acks_late=True)
def exports_make() -> None:
    """Make what is ordered."""
    make()


@shared_task(name="desk.tasks.exports_remove", ignore_result=True, acks_late=True)
def exports_remove() -> None:
    """Remove files that were kept long enough."""
    purge_run(Purged.EXPORTS, remove)
