"""What the worker does for people and their access."""

from celery import shared_task

from accounts.services.api_token_notices import api_tokens_tell_expiring
from accounts.services.mail import letters_send as send


@shared_task(ignore_result=True, acks_late=True)
def letters_send() -> None:
    """Send the letters that wait."""
    send()


@shared_task(ignore_result=True, acks_late=True)
def api_token_notices() -> None:
    """Tell who issued API tokens that end soon."""
    api_tokens_tell_expiring()
