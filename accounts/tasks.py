"""What the worker does for people and their access."""

from celery import shared_task

from accounts.services.api_token_notices import api_tokens_tell_expiring
from accounts.services.approvals import approvals_expire as expire
from accounts.services.identity_endings import identities_check as check
from accounts.services.mail import letters_send as send
from accounts.services.passwords import resets_answer as answer
from accounts.services.sessions import sessions_expire as end_sessions
from accounts.services.throttle import attempts_forget as forget
from compliance.ledger.services.purges import Purged, purge_run


@shared_task(ignore_result=True, acks_late=True)
def letters_send() -> None:
    """Send the letters that wait."""
    send()


@shared_task(ignore_result=True, acks_late=True)
def approvals_expire() -> None:
    """Write down which requests nobody decided in time."""
    expire()


@shared_task(ignore_result=True, acks_late=True)
def identities_check() -> None:
    """Ask the identity provider about everybody whom it hasn't vouched for in a day."""
    check()


@shared_task(ignore_result=True, acks_late=True)
def resets_answer() -> None:
    """Write the letters of who asked for a new password."""
    answer()


@shared_task(ignore_result=True, acks_late=True)
def attempts_forget() -> None:
    """Drop what is remembered of addresses that failed long ago."""
    purge_run(Purged.ATTEMPTS, forget)


@shared_task(ignore_result=True, acks_late=True)
def api_token_notices() -> None:
    """Tell who issued API tokens that end soon."""
    api_tokens_tell_expiring()


@shared_task(ignore_result=True, acks_late=True)
def sessions_expire() -> None:
    """End the sessions that nobody came back to."""
    purge_run(Purged.SESSIONS, end_sessions)
