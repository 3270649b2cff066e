"""What the worker does for this floor; each task calls one service."""

from datetime import timedelta

from celery import shared_task

from updates.services.telemetry import telemetry_drain as drain

# Beat asks every second (settings.CELERY_BEAT_SCHEDULE), so an idle run ends at once, and a busy one soon
# enough for the worker to stop when it is told to.
_AT_MOST = timedelta(seconds=5)


@shared_task(ignore_result=True, acks_late=True)
def telemetry_drain() -> None:
    """Move what devices reported from Redis into the database."""
    drain(at_most=_AT_MOST)
