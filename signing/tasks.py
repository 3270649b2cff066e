"""What the worker does for keys; each task calls one service, may run twice, and may be late."""

from celery import shared_task

from releaseconsole.kernel import clock
from signing.services.keys import keys_reconcile
from signing.services.recipients import recipients_cache_fill
from signing.services.usage import key_usage_drain as drain


@shared_task(ignore_result=True, acks_late=True)
def reconcile_keys() -> None:
    """Do all that is due for all keys: what this run can't do, the next one will."""
    keys_reconcile(now=clock.now())
    recipients_cache_fill()


@shared_task(ignore_result=True, acks_late=True)
def key_usage_drain() -> None:
    """Bring the database up to what Redis has counted of the use of keys."""
    drain(now=clock.now())
