"""Removing files that nobody needs."""

from celery import shared_task

from compliance.ledger.services.purges import Purged, purge_run
from updates.services.retention import bundles_retain as retain


@shared_task(name="updates.tasks.bundles_retain", ignore_result=True, acks_late=True)
def bundles_retain() -> None:
    """Remove the files of bundles that no channel needs any more."""
    purge_run(Purged.BUNDLES, retain)
