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
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import Kind, Outcome, State, Step, running_require
from compliance.desk.domain.subjects import record_text_require
from compliance.desk.domain.verification import Verification
from compliance.desk.errors import NotDoneError, NotVerifiedError, RequestStateError
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.models.erasures import UNDER_WAY, ErasureState
from compliance.desk.selectors.calendar import today_at
from compliance.desk.services.erasure.suppression import suppression_take_back
from compliance.desk.services.requests.letters import letter_send
from compliance.desk.services.requests.providers import providers_answered_require
from compliance.desk.services.requests.recording import Doer, request_lock, step_record
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock

_STEPS: Final = {
    Outcome.COMPLETE: (Step.COMPLETED, Action.PRIVACY_COMPLETED, RequestLetterKind.COMPLETE),
    Outcome.PARTIAL: (Step.COMPLETED, Action.PRIVACY_COMPLETED, RequestLetterKind.COMPLETE),
    Outcome.DENIED: (Step.DENIED, Action.PRIVACY_DENIED, RequestLetterKind.DENY),
    Outcome.WITHDRAWN: (Step.WITHDRAWN, Action.PRIVACY_WITHDRAWN, RequestLetterKind.WITHDRAW),
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
    otherwise: str = "",
) -> PrivacyRequest:
    """Answer that what was asked for is done; with grounds, that a part of it is.

    Args:
        request: Which.
        by: Who answers.
        bases: On which grounds the rest was refused; none: nothing was.
        explanation: Why, in words; for a part only.
        result: What was done, in counts by the name of what was counted; nothing personal.
        unanswered: Why it's answered before every provider who has their data was told and has answered.
        otherwise: How it was done, where nothing was erased here or no package was taken; on record.

    Raises:
        RequestStateError: It's closed, or its erasure isn't finished.
        NotVerifiedError: Identity has to be verified first.
        ProvidersUnansweredError: A provider isn't told or hasn't answered, and nobody says why.
        NotDoneError: What was asked for isn't done here, and nobody says how else.
        DenialBasisError: A part was refused without a section that fits, or without a word.
        NamesPersonError: The explanation, or how it was done, names who asks.
    """
    named = tuple(bases)
    outcome = Outcome.PARTIAL if named or explanation.strip() else Outcome.COMPLETE
    with transaction.atomic():
        request = request_lock(request)
        if request.identity not in {Verification.VERIFIED, Verification.NOT_NEEDED}:
            running_require(request.stands)
            raise NotVerifiedError
        running_require(request.stands)
        _done_require(request, outcome, otherwise)
        providers_answered_require(request, why=unanswered, by=by)
        request.result = dict(result or {})
        return _close(request, outcome, by, named, explanation, otherwise=otherwise.strip())


def _done_require(request: PrivacyRequest, outcome: Outcome, otherwise: str) -> None:
    """Make sure that what the answer says is done is done, or that somebody says how else it was.

    Raises:
        NotDoneError: It isn't, and nobody does.
        NamesPersonError: How it was done names who asks.
    """
    if otherwise.strip():
        record_text_require(otherwise, request.contact_read())
    elif not _is_done(request, is_whole=outcome is Outcome.COMPLETE):
        raise NotDoneError


def _is_done(request: PrivacyRequest, *, is_whole: bool) -> bool:
    """Whether this console has erased who asked, or told them; for a part, an erasure given up is enough."""
    if request.asks is Kind.KNOW:
        return request.steps.filter(step=Step.PACKAGED.value).exists()
    if request.asks is not Kind.DELETE:
        return True
    run = ErasureRun.objects.filter(request=request.reference, is_replay=False).first()
    enough = {ErasureState.DONE} if is_whole else {ErasureState.DONE, ErasureState.GIVEN_UP}
    return run is not None and run.state in enough | set(UNDER_WAY)  # one under way is refused by its name


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
    """Write down that who asked wants it no more, and tell them: somebody else may have said so.

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
    *,
    otherwise: str = "",
) -> PrivacyRequest:
    now = clock.now()
    running_require(request.stands)
    # Whatever the answer were, it would say something else than what is happening.
    under_way = ErasureRun.objects.filter(request=request.reference, is_replay=False, state__in=UNDER_WAY)
    if under_way.exists():
        raise RequestStateError("The erasure for this request isn't finished.")
    if outcome.needs_basis:
        bases = bases_require(bases, explanation, kind=request.asks)
        record_text_require(explanation, request.contact_read())
    _spare(request, outcome, by, now)
    step, action, letter = _STEPS[outcome]
    _end(request, outcome, now, bases, explanation)
    sent = letter_send(request, letter)
    request.sealed_contact = ""  # after the letter, which is the last thing that needs to know who asked
    request.save(update_fields=_FIELDS)
    note = f"{sent.words}; done otherwise: {otherwise}" if otherwise else sent.words
    step_record(request, step, action, by=by, now=now, note=note, detail=_facts(request, bases, otherwise))
    return request


def _facts(request: PrivacyRequest, bases: tuple[Basis, ...], otherwise: str) -> dict[str, Any]:
    """Say for the log how a request ended that is closed."""
    return {
        "outcome": request.outcome,
        "bases": list(bases),
        "reason": request.explanation,
        "result": request.result,
        "days": _days(request),
        "late": request.is_late,
        **({"note": otherwise} if otherwise else {}),
    }


def _spare(request: PrivacyRequest, outcome: Outcome, by: Doer, now: datetime) -> None:
    """Have nobody erased later by an erasure that was given up, if their data stay after all."""
    run = ErasureRun.objects.filter(request=request.reference, is_replay=False).first()
    given_up = run is not None and run.state == ErasureState.GIVEN_UP
    if given_up and outcome in {Outcome.DENIED, Outcome.WITHDRAWN}:
        suppression_take_back(request=request.reference, actor=by.actor, now=now)


def _end(
    request: PrivacyRequest, outcome: Outcome, now: datetime, bases: tuple[Basis, ...], explanation: str
) -> None:
    request.state, request.outcome = State.CLOSED.value, outcome.value
    request.closed_at, request.closed_on = now, today_at(now)
    request.kept_until = kept_until(request.closed_on)
    request.denial_bases, request.explanation = " ".join(bases), explanation.strip()


def _days(request: PrivacyRequest) -> int | Any:
    return (request.closed_on - request.received_on).days if request.closed_on else 0
