"""A request isn't complied with while providers are untold or silent, unless somebody says why."""

from django.db import transaction

from compliance.desk.domain.request_states import Step
from compliance.desk.domain.subjects import record_text_require
from compliance.desk.errors import ProvidersUnansweredError
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.downstream import providers_untold
from compliance.desk.services.requests.recording import Doer, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock


def providers_answered_require(request: PrivacyRequest, *, why: str, by: Doer) -> None:
    """Make sure of it before a request is answered; a reason goes on the timeline and the log.

    Args:
        request: Which; locked by who calls.
        why: Why it's answered all the same; empty: it isn't.
        by: Who answers.

    Raises:
        ProvidersUnansweredError: Somebody isn't told or hasn't answered, and nobody says why.
        NamesPersonError: The reason names who asks.
    """
    silent = request.notices.filter(settled_at=None).count()
    untold = providers_untold(request).count()
    if not silent + untold:
        return
    if not why.strip():
        raise ProvidersUnansweredError(
            f"{untold} not told, {silent} without an answer. Wait for them, or say why you don't."
        )
    record_text_require(why, request.contact_read())
    with transaction.atomic():
        step_record(
            request,
            Step.PROVIDERS_OPEN,
            Action.PROVIDERS_OPEN,
            by=by,
            now=clock.now(),
            note=f"{silent} without an answer, {untold} not told: {why.strip()}",
            detail={"open": silent, "untold": untold, "reason": why.strip()},
        )
