"""What happens to releases by itself: schedules, plans, the guard. Each looks at how things are."""

from celery import shared_task

from updates.services import guard_watch as watch
from updates.services import receipts_take as take
from updates.services import rollouts_step as step
from updates.services import scheduled_publish as publish


@shared_task(name="updates.tasks.scheduled_publish", ignore_result=True, acks_late=True)
def scheduled_publish() -> None:
    """Publish releases whose time has come."""
    publish()


@shared_task(name="updates.tasks.receipts_take", ignore_result=True, acks_late=True)
def receipts_take() -> None:
    """Take the receipts that releases wait for."""
    take()


@shared_task(name="updates.tasks.rollouts_step", ignore_result=True, acks_late=True)
def rollouts_step() -> None:
    """Take the next steps of rollouts that are ready for them."""
    step()


@shared_task(name="updates.tasks.guard_watch", ignore_result=True, acks_late=True)
def guard_watch() -> None:
    """Stop releases that fail too often."""
    watch()
