"""Draining what devices report."""

from datetime import timedelta

from celery import shared_task

from compliance.ledger.services.purges import Purged, purge_run
from updates.services.consent_expiry import consents_expire as ended_expire
from updates.services.telemetry import telemetry_drain as drain
from updates.services.telemetry.expiry import events_expire as expire
from updates.services.telemetry.forgetting import devices_forget as forget

# Beat asks every second (settings.CELERY_BEAT_SCHEDULE), so an idle run ends at once, and a busy one soon
# enough for the worker to stop when it is told to.
_AT_MOST = timedelta(seconds=5)


@shared_task(name="updates.tasks.telemetry_expire", ignore_result=True, acks_late=True)
def telemetry_expire() -> None:
    """Delete the events whose time is over."""
    purge_run(Purged.EVENTS, expire)


@shared_task(name="updates.tasks.devices_forget", ignore_result=True, acks_late=True)
def devices_forget() -> None:
    """Delete the devices that aren't heard of any more."""
    purge_run(Purged.DEVICES, forget)


@shared_task(name="updates.tasks.consents_expire", ignore_result=True, acks_late=True)
def consents_expire() -> None:
    """Delete the consents that ended long ago."""
    purge_run(Purged.CONSENTS, ended_expire)


@shared_task(name="updates.tasks.telemetry_drain", ignore_result=True, acks_late=True)
def telemetry_drain() -> None:
    """Move what devices reported from Redis into the database."""
    drain(at_most=_AT_MOST)
