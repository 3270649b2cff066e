"""Finding out that a request came earlier than it was entered: the clock began then."""

from datetime import date, datetime

from django.db import transaction

from compliance.desk.domain.clocks import ANSWER_DAYS, deadlines_of, extended_due
from compliance.desk.domain.intake import backdating_require
from compliance.desk.domain.request_states import Step, running_require
from compliance.desk.domain.subjects import record_text_require
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.calendar import calendar_current
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock

_FIELDS = ["received_at", "received_on", "backdate_reason", "ack_due", "due", "extended_due"]


def request_backdate(
    *, request: PrivacyRequest, received_at: datetime, reason: str, by: Doer
) -> PrivacyRequest:
    """Move the time of receipt back, and all deadlines with it; never forward.

    An extension of which notice was given too late, counted from then, extends nothing: the answer was due on
    day 45, and is late after it.

    Raises:
        RequestStateError: It's closed.
        ReceiptTimeError: It isn't earlier, or has no reason.
        NamesPersonError: The reason names who asks.
    """
    now = clock.now()
    with transaction.atomic():
        request = request_lock(request)
        running_require(request.stands)
        backdating_require(received_at, reason, latest=request.received_at)
        record_text_require(reason, request.contact_read())
        before = request.received_on
        _move(request, received_at)
        request.backdate_reason = reason.strip()
        request.save(update_fields=_FIELDS)
        step_record(
            request,
            Step.BACKDATED,
            Action.PRIVACY_BACKDATED,
            by=by,
            now=now,
            note=_note(request, before),
            detail={
                "from": before.isoformat(),
                "received_on": request.received_on.isoformat(),
                "due": request.answer_due.isoformat(),
                "extension_late": request.is_extension_late,
                "reason": request.backdate_reason,
            },
        )
    return request


def _note(request: PrivacyRequest, before: date) -> str:
    late = "; notice of the extension was given too late" if request.is_extension_late else ""
    return f"from {before} to {request.received_on}{late}: {request.backdate_reason}"


def _move(request: PrivacyRequest, received_at: datetime) -> None:
    calendar = calendar_current()
    day = calendar.day_of(received_at)
    if request.extended_on is not None:
        is_late = (request.extended_on - day).days > ANSWER_DAYS
        request.extended_due = None if is_late else extended_due(day, extended_on=request.extended_on)
    deadlines = deadlines_of(day, is_opt_out=request.asks.is_opt_out, calendar=calendar)
    request.received_at, request.received_on = received_at, day
    request.ack_due, request.due = deadlines.ack_due, deadlines.due
