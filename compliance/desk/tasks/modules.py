"""Measuring what does the cryptography of the worker and of beat: as they start, and every day.

The web's processes do the same on their own (`releaseconsole.wsgi`), since no task reaches them.
"""

from typing import Any

from celery import shared_task, signals
from django.core.exceptions import ImproperlyConfigured

from compliance.desk.domain.modules.history import ProcessRole
from compliance.desk.services.modules.keeping import (
    evidence_keep,
    evidence_keep_now,
    evidence_keeper_start,
)
from compliance.desk.services.modules.starting import serving_check
from releaseconsole.kernel import clock


@shared_task(name="desk.tasks.modules_measure", ignore_result=True)
def modules_measure() -> None:
    """Keep the worker's evidence, once a day or when something has changed."""
    evidence_keep(role=ProcessRole.WORKER, now=clock.now())


@signals.worker_init.connect
@signals.beat_init.connect
def modules_check(**_: Any) -> None:
    """Refuse to serve; Celery would go on after any other exception of a listener.

    Raises:
        SystemExit: This process must not serve.
    """
    try:
        serving_check()
    except ImproperlyConfigured as exc:
        raise SystemExit(str(exc)) from exc


@signals.worker_ready.connect
def worker_measure(**_: Any) -> None:
    """Keep the worker's evidence as it starts."""
    evidence_keep_now(ProcessRole.WORKER)


@signals.beat_init.connect
def beat_measure(**_: Any) -> None:
    """Keep beat's, from its start on."""
    evidence_keeper_start(ProcessRole.BEAT)
