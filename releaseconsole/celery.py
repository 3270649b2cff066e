"""The Celery application: `celery -A releaseconsole worker` finds it here."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")

app = Celery("releaseconsole")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
