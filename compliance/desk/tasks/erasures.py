"""Erasures: step by step, whenever there's one."""

import logging
from typing import Final

from celery import shared_task

from compliance.desk.services.erasure import erasure_run_through, erasures_running
from compliance.desk.services.erasure import leftovers_forget as forget

_logger: Final = logging.getLogger(__name__)


@shared_task(name="desk.tasks.erasures_run")
def erasures_run() -> None:
    """Go on with every erasure that isn't finished; one that can't go on holds up no other."""
    for run in erasures_running():
        try:
            erasure_run_through(run)
        except Exception as trouble:  # noqa: BLE001 (as above; what it says may name somebody)
            _logger.error("The erasure for %s failed: %s", run.request, type(trouble).__name__)  # noqa: TRY400


@shared_task(name="desk.tasks.leftovers_forget", ignore_result=True, acks_late=True)
def leftovers_forget() -> None:
    """Have files forget what was deleted since the last time."""
    forget()
