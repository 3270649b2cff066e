"""Ending previews whose time has come."""

from celery import shared_task

from updates.services.previews import previews_expire as expire


@shared_task(name="updates.tasks.previews_expire", ignore_result=True, acks_late=True)
def previews_expire() -> None:
    """End previews that should be over and aren't."""
    expire()
