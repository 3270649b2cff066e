"""Acknowledging a request: how it's processed, how identity is verified, when there will be an answer."""

from django.db import transaction

from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import State, Step, acknowledgement_require
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests.letters import letter_send
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock


def request_acknowledge(*, request: PrivacyRequest, by: Doer) -> PrivacyRequest:
    """Send the acknowledgement, or have it printed where there's no address for mail.

    Raises:
        RequestStateError: It was acknowledged or answered already, or its kind has no acknowledgement.
    """
    now = clock.now()
    with transaction.atomic():
        request = request_lock(request)
        acknowledgement_require(request.asks, request.stands)
        request.state, request.ack_sent_at = State.IN_PROGRESS.value, now
        request.save(update_fields=["state", "ack_sent_at"])
        sent = letter_send(request, RequestLetterKind.ACKNOWLEDGE)
        step_record(
            request,
            Step.ACKNOWLEDGED,
            Action.PRIVACY_ACKNOWLEDGED,
            by=by,
            now=now,
            note=sent.words,
            detail={"letter": sent.value},
        )
    return request
