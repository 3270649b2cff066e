"""Erasures: step by step, whenever there's one."""

from celery import shared_task

from compliance.desk.services.erasure import erasure_run_through, erasures_running
from compliance.desk.services.erasure import leftovers_forget as forget


@shared_task(name="desk.tasks.erasures_run")
def erasures_run() -> None:
    """Go on with every erasure that isn't finished."""
    for run in erasures_running():
        erasure_run_through(run)


@shared_task(name="desk.tasks.leftovers_forget", ignore_result=True, acks_late=True)
def leftovers_forget() -> None:
    """Have files forget what was deleted since the last time."""
    forget()
