"""What beat asks for is there to be asked: a name that nothing answers to would be dropped by the worker."""

from typing import Final

from django.conf import settings

from releaseconsole.celery import app
from tests.support.another_process import run_elsewhere

# Asked for by a page, in that moment.
ON_DEMAND: Final = {
    "updates.tasks.page_link_send",
    "ledger.tasks.log_verify_asked",
    "desk.tasks.phi_measure_asked",
}


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked | ON_DEMAND == {name for name in app.tasks if not name.startswith("celery.")}


def test_nothing_that_waits_is_kept_for_less_than_its_turn() -> None:
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["options"]["expires"] >= entry["schedule"], name


def test_what_pages_ask_for_goes_to_the_broker_of_the_worker() -> None:
    """In a process that has only set Django up, as the web's: nothing there names the Celery application."""
    broker = run_elsewhere("from celery import current_app; print(current_app.conf.broker_url)")
    assert broker == settings.CELERY_BROKER_URL
