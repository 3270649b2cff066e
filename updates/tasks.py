"""What the worker does for this floor; each task calls one service."""

from datetime import timedelta

from celery import shared_task

from updates.services.telemetry import telemetry_drain as drain

# Beat asks every 5 seconds (settings.CELERY_BEAT_SCHEDULE): runs follow one another closely, and one that
# was lost is replaced by the next.
_LASTING = timedelta(seconds=4.7)


@shared_task(ignore_result=True, acks_late=True)
def telemetry_drain() -> None:
    """Move what devices reported from Redis into the database, for about as long as beat waits."""
    drain(lasting=_LASTING)
