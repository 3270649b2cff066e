"""Looking after what is known of single devices."""

from celery import shared_task

from compliance.ledger.services.purges import Purged, purge_run
from updates.services.failures import failures_reconcile as reconcile
from updates.services.overrides import overrides_forget as forget


@shared_task(name="updates.tasks.failures_reconcile", ignore_result=True, acks_late=True)
def failures_reconcile() -> None:
    """Make Redis say of each device what the database says."""
    reconcile()


@shared_task(name="updates.tasks.overrides_forget", ignore_result=True, acks_late=True)
def overrides_forget() -> None:
    """Delete what devices were forced to and aren't any more."""
    purge_run(Purged.OVERRIDES, forget)
