"""Giving up an erasure that can't come to its end, so that its request can be answered in time.

What it erased stays erased. Whom it was about stays on the suppression list, so what arrives is dropped.
"""

from collections import Counter
from typing import Final

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.errors import StepUpRequiredError
from accounts.models import StepUp, User
from compliance.desk.domain.request_states import Step, running_require
from compliance.desk.domain.subjects import record_text_require
from compliance.desk.errors import RequestIncompleteError, RequestStateError
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.models.erasures import ErasureState, StepKind
from compliance.desk.services.erasure.noting import erasure_note
from compliance.desk.services.requests.recording import Doer, request_lock
from compliance.desk.services.requiring import confirmation_use
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

_FIELDS: Final = ["state", "finished_at", "sealed_subject", "claimed_until"]


def give_up_operation(*, request: PrivacyRequest, user: User) -> Operation:
    """Name what is confirmed: that this person gives up the erasure of this request."""
    return Operation("compliance:request:give_up_erasure", {"request": request.reference, "person": user.pk})


def request_erasure_give_up(
    *, request: PrivacyRequest, reason: str, by: Doer, step_up: StepUp | None = None
) -> ErasureRun:
    """Give up a stuck erasure; it forgets whom it was about.

    Args:
        request: Which asked for it.
        reason: Why it can't come to its end, without naming anybody.
        by: Who gives it up.
        step_up: Their confirmation (`give_up_operation`): somebody's data stay because of it.

    Raises:
        RequestIncompleteError: No reason is given.
        RequestStateError: It's closed, or no erasure of it is stuck.
        NamesPersonError: The reason names who asks.
        StepUpRequiredError: There's no confirmation that fits.
    """
    if not reason.strip():
        raise RequestIncompleteError("Say why the erasure can't come to its end.")
    with transaction.atomic():
        request = request_lock(request)
        running_require(request.stands)
        record_text_require(reason, request.contact_read())
        run = _stuck(request)
        _confirmed(request, by, step_up)
        run.state, run.finished_at = ErasureState.GIVEN_UP, clock.now()
        run.sealed_subject, run.claimed_until = "", None
        run.save(update_fields=_FIELDS)
        _record(run, reason.strip(), by)
    return run


def _stuck(request: PrivacyRequest) -> ErasureRun:
    runs = ErasureRun.objects.select_for_update().filter(request=request.reference, is_replay=False)
    run = runs.first()
    if run is None or run.state != ErasureState.STUCK:
        raise RequestStateError("No erasure of this request is stuck.")
    return run


def _confirmed(request: PrivacyRequest, by: Doer, step_up: StepUp | None) -> None:
    if by.person is None:
        raise StepUpRequiredError
    operation = give_up_operation(request=request, user=by.person)
    confirmation_use(step_up=step_up, user=by.person, operation=operation)


def _record(run: ErasureRun, reason: str, by: Doer) -> None:
    now = clock.now()
    erased: Counter[str] = Counter()
    for step in run.steps.filter(kind=StepKind.HOLDER):
        erased += Counter(step.erased)
    erasure_note(run.request, Step.GIVEN_UP, now=now, person=by.person, note=reason)
    audit_record(
        action=Action.ERASURE_GIVEN_UP,
        actor=by.actor,
        now=now,
        subject=("privacy_request", run.request),
        detail={"erased": erased.total(), "where": run.error, "reason": reason},
    )
