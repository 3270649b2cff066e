"""What the worker does for testers. Each run finds what is to be done by itself, so none is missed."""

from celery import shared_task

from compliance.ledger.services.purges import Purged, purge_run
from updates.services.testers import (
    come_back_letter,
    groups_over_settle,
    testers_erase_requested,
    versions_tell,
)


@shared_task(ignore_result=True, acks_late=True, name="updates.tasks.tester_groups_settle")
def tester_groups_settle() -> None:
    """Give testers of groups that are over the normal version again."""
    groups_over_settle()


@shared_task(ignore_result=True, acks_late=True, name="updates.tasks.testers_erase")
def testers_erase() -> None:
    """Erase the testers who asked for it."""
    purge_run(Purged.TESTERS, testers_erase_requested)


@shared_task(ignore_result=True, acks_late=True, name="updates.tasks.tester_versions_tell")
def tester_versions_tell() -> None:
    """Write to testers that a version is out."""
    versions_tell()


@shared_task(ignore_result=True, acks_late=True, name="updates.tasks.page_link_send")
def page_link_send(app_id: str, email: str) -> None:
    """Send the link to their page to whoever has this address, if anybody does; asking tells nothing."""
    come_back_letter(app_id=app_id, email=email)
