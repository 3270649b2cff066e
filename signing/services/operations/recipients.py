"""Removing the key to which an app's back end has its secrets and delicate tokens encrypted."""

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.services.authority import Authority
from releaseconsole.kernel import clock
from signing.selectors import backend_recipient
from signing.services.operations.confirmed import operator_confirmed
from signing.services.recipients import recipient_remove


def recipient_remove_operation(*, app_id: str) -> Operation:
    """Name the removal of the back end's key.

    Raises:
        RecipientUnknownError: None is registered.
    """
    facts = {"app_id": app_id, "kid": backend_recipient(app_id=app_id).kid}
    return Operation("signing:recipient:remove", facts)


def recipient_remove_confirmed(*, app_id: str, authority: Authority) -> None:
    """Remove the back end's key, so that its back end may register another.

    Raises:
        SigningError: None is registered.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    with transaction.atomic():
        user = operator_confirmed(authority, recipient_remove_operation(app_id=app_id))
        recipient_remove(app_id=app_id, device_id="", actor=user.actor, now=clock.now())
