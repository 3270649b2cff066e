"""Reminding officers of privacy requests, and forgetting what was kept long enough."""

from celery import shared_task

from compliance.desk.services import requests
from compliance.ledger.services.purges import Purged, purge_run


@shared_task(name="desk.tasks.requests_remind")
def requests_remind() -> None:
    """Write to officers, once a day, while something is due."""
    requests.requests_remind()


@shared_task(name="desk.tasks.letters_post", ignore_result=True, acks_late=True)
def letters_post() -> None:
    """Send the letters that wait."""
    requests.letters_post()


@shared_task(name="desk.tasks.requests_purge")
def requests_purge() -> None:
    """Forget requests whose records were kept for 24 months."""
    purge_run(Purged.REQUESTS, requests.requests_purge)
