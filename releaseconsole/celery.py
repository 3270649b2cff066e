"""The Celery application: `celery -A releaseconsole worker` finds it here."""

import os

from celery import Celery
from celery.signals import worker_process_init

from releaseconsole.supervisor.parent_death import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")

app = Celery("releaseconsole")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _end_with_the_worker(**_signal: object) -> None:
    die_with_parent()
