"""Reports that are made by themselves: ordered when they're due; who asked for them is told by mail."""

from celery import shared_task

from compliance.desk.services.reports.scheduling import reports_attend as attend


@shared_task(name="desk.tasks.reports_attend", ignore_result=True, acks_late=True)
def reports_attend() -> None:
    """Order what is due, and tell of what is there."""
    attend()
