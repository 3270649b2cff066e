"""Extending a request, once, to 90 days in all: with notice and reason inside the first 45."""

from django.db import transaction

from compliance.desk.domain.clocks import extended_due
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import Step, running_require
from compliance.desk.domain.subjects import record_text_require
from compliance.desk.errors import ExtensionSpentError, NoExtensionError, RequestIncompleteError
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.calendar import today_at
from compliance.desk.services.requests.letters import letter_send
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock


def request_extend(*, request: PrivacyRequest, reason: str, by: Doer) -> PrivacyRequest:
    """Extend a request, and tell who asks why and until when.

    Raises:
        RequestStateError: It's closed.
        NoExtensionError: Its kind has none.
        ExtensionSpentError: It has been extended.
        ExtensionLateError: The first 45 days are over.
        RequestIncompleteError: No reason is given.
        NamesPersonError: The reason names who asks.
    """
    now = clock.now()
    if not reason.strip():
        raise RequestIncompleteError("Say why the answer takes longer than 45 days.")
    with transaction.atomic():
        request = request_lock(request)
        extension_require(request)
        record_text_require(reason, request.contact_read())
        request.extended_at, request.extended_on = now, today_at(now)
        request.extended_due = extended_due(request.received_on, extended_on=request.extended_on)
        request.extension_reason = reason.strip()
        request.save(update_fields=["extended_at", "extended_on", "extended_due", "extension_reason"])
        sent = letter_send(request, RequestLetterKind.EXTEND)
        step_record(
            request,
            Step.EXTENDED,
            Action.PRIVACY_EXTENDED,
            by=by,
            now=now,
            note=f"{sent.words}: {request.extension_reason}",
            detail={
                "due": request.extended_due.isoformat(),
                "reason": request.extension_reason,
                "letter": sent.value,
            },
        )
    return request


def extension_require(request: PrivacyRequest) -> None:
    """Make sure that a request is one that can be extended, whatever day it is.

    Raises:
        RequestStateError: It's closed.
        NoExtensionError: Its kind has none.
        ExtensionSpentError: It has been extended.
    """
    running_require(request.stands)
    if request.asks.is_opt_out:
        raise NoExtensionError
    if request.extended_at is not None:
        raise ExtensionSpentError
