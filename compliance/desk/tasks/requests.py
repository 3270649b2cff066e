"""Reminding officers of privacy requests, and forgetting what was kept long enough."""

from celery import shared_task

from compliance.desk.services import requests
from compliance.desk.services.downstream import notices_lost_note
from compliance.ledger.services.purges import Purged, purge_run


@shared_task(name="desk.tasks.requests_remind")
def requests_remind() -> None:
    """Write to officers, once a day, while something is due; and once of each erasure that is stuck."""
    requests.requests_remind()
    requests.erasures_stuck_tell()


@shared_task(name="desk.tasks.letters_post", ignore_result=True, acks_late=True)
def letters_post() -> None:
    """Send the letters that wait; find the notices whose letter was deleted."""
    requests.letters_post()
    notices_lost_note()


@shared_task(name="desk.tasks.requests_purge")
def requests_purge() -> None:
    """Forget requests whose records were kept for 24 months."""
    purge_run(Purged.REQUESTS, requests.requests_purge)
