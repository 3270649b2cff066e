"""Telling webhooks what happened."""

from celery import shared_task

from compliance.ledger.services.purges import Purged, purge_run
from updates.services.webhooks import deliveries_forget as forget
from updates.services.webhooks import deliveries_send as send
from updates.services.webhooks import webhook_messages_make as make


@shared_task(name="updates.tasks.webhook_messages_make", ignore_result=True, acks_late=True)
def webhook_messages_make() -> None:
    """Make messages of what the audit log recorded."""
    make()


@shared_task(name="updates.tasks.webhooks_send", ignore_result=True, acks_late=True)
def webhooks_send() -> None:
    """Send the messages that are due."""
    send()


@shared_task(name="updates.tasks.webhook_messages_forget", ignore_result=True, acks_late=True)
def webhook_messages_forget() -> None:
    """Drop messages that are over for long."""
    purge_run(Purged.WEBHOOKS, forget)
