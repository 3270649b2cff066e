"""Giving events their places every other second, and signing every minute what came."""

from celery import shared_task

from compliance.ledger.services import checkpoints, sequencing
from releaseconsole.kernel import clock


@shared_task(name="ledger.tasks.events_sequence")
def events_sequence() -> None:
    """Give what is committed its place."""
    sequencing.events_sequence()


@shared_task(name="ledger.tasks.checkpoint_take")
def checkpoint_take() -> None:
    """Sign the log if it has grown."""
    checkpoints.checkpoint_take(now=clock.now())
