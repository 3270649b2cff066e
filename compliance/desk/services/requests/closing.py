"""Answering a request: complied with, in whole or in part, denied, or withdrawn by who asked.

A closed request holds nobody any more: who asked goes with the answer, and a reference, dates, sections and
keyed hashes stay for 24 months.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from compliance.desk.domain.clocks import kept_until
from compliance.desk.domain.denials import Basis, bases_require
from compliance.desk.domain.request_states import Outcome, State, Step, running_require
from compliance.desk.domain.subjects import record_text_require
from compliance.desk.domain.verification import Verification
from compliance.desk.errors import NotVerifiedError, RequestStateError
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.models.erasures import ErasureState
from compliance.desk.selectors.calendar import today_at
from compliance.desk.services.requests.letters import RequestLetterKind, letter_send
from compliance.desk.services.requests.providers import providers_answered_require
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock

_STEPS: Final = {
    Outcome.COMPLETE: (Step.COMPLETED, Action.PRIVACY_COMPLETED, RequestLetterKind.COMPLETE),
    Outcome.PARTIAL: (Step.COMPLETED, Action.PRIVACY_COMPLETED, RequestLetterKind.COMPLETE),
    Outcome.DENIED: (Step.DENIED, Action.PRIVACY_DENIED, RequestLetterKind.DENY),
    Outcome.WITHDRAWN: (Step.WITHDRAWN, Action.PRIVACY_WITHDRAWN, None),
}
_FIELDS: Final = [
    "state",
    "outcome",
    "closed_at",
    "closed_on",
    "kept_until",
    "denial_bases",
    "explanation",
    "result",
    "sealed_contact",
]


def request_complete(
    *,
    request: PrivacyRequest,
    by: Doer,
    bases: Iterable[Basis] = (),
    explanation: str = "",
    result: Mapping[str, int] | None = None,
    unanswered: str = "",
) -> PrivacyRequest:
    """Answer that what was asked for is done; with grounds, that a part of it is.

    Args:
        request: Which.
        by: Who answers.
        bases: On which grounds the rest was refused; none: nothing was.
        explanation: Why, in words; for a part only.
        result: What was done, in counts by the name of what was counted; nothing personal.
        unanswered: Why it's answered before every provider who has their data was told and has answered.

    Raises:
        RequestStateError: It's closed, or its erasure isn't finished.
        NotVerifiedError: Identity has to be verified first.
        ProvidersUnansweredError: A provider isn't told or hasn't answered, and nobody says why.
        DenialBasisError: A part was refused without a section that fits, or without a word.
        NamesPersonError: The explanation names who asks.
    """
    named = tuple(bases)
    outcome = Outcome.PARTIAL if named or explanation.strip() else Outcome.COMPLETE
    with transaction.atomic():
        request = request_lock(request)
        if request.identity not in {Verification.VERIFIED, Verification.NOT_NEEDED}:
            running_require(request.stands)
            raise NotVerifiedError
        running_require(request.stands)
        providers_answered_require(request, why=unanswered, by=by)
        request.result = dict(result or {})
        return _close(request, outcome, by, named, explanation)


def request_deny(
    *, request: PrivacyRequest, bases: Iterable[Basis], explanation: str, by: Doer
) -> PrivacyRequest:
    """Answer that nothing of it is done, on which grounds, and why.

    Raises:
        RequestStateError: It's closed.
        DenialBasisError: It names no section that fits, or says nothing.
        NamesPersonError: The explanation names who asks.
    """
    with transaction.atomic():
        return _close(request_lock(request), Outcome.DENIED, by, tuple(bases), explanation)


def request_withdraw(*, request: PrivacyRequest, by: Doer) -> PrivacyRequest:
    """Write down that who asked wants it no more; no letter goes.

    Raises:
        RequestStateError: It's closed.
    """
    with transaction.atomic():
        return _close(request_lock(request), Outcome.WITHDRAWN, by)


def _close(
    request: PrivacyRequest,
    outcome: Outcome,
    by: Doer,
    bases: tuple[Basis, ...] = (),
    explanation: str = "",
) -> PrivacyRequest:
    now = clock.now()
    running_require(request.stands)
    # Whatever the answer were, it would say something else than what is happening.
    if ErasureRun.objects.filter(request=request.reference).exclude(state=ErasureState.DONE).exists():
        raise RequestStateError("The erasure for this request isn't finished.")
    if outcome.needs_basis:
        bases = bases_require(bases, explanation, kind=request.asks)
        record_text_require(explanation, request.contact_read())
    step, action, letter = _STEPS[outcome]
    _end(request, outcome, now, bases, explanation)
    sent = letter_send(request, letter) if letter else None
    request.sealed_contact = ""  # after the letter, which is the last thing that needs to know who asked
    request.save(update_fields=_FIELDS)
    step_record(
        request,
        step,
        action,
        by=by,
        now=now,
        note=sent.words if sent else "",
        detail={
            "outcome": outcome.value,
            "bases": list(bases),
            "reason": request.explanation,
            "result": request.result,
            "days": _days(request),
            "late": request.is_late,
        },
    )
    return request


def _end(
    request: PrivacyRequest, outcome: Outcome, now: datetime, bases: tuple[Basis, ...], explanation: str
) -> None:
    request.state, request.outcome = State.CLOSED.value, outcome.value
    request.closed_at, request.closed_on = now, today_at(now)
    request.kept_until = kept_until(request.closed_on)
    request.denial_bases, request.explanation = " ".join(bases), explanation.strip()


def _days(request: PrivacyRequest) -> int | Any:
    return (request.closed_on - request.received_on).days if request.closed_on else 0
