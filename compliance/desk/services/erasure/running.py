"""Running an erasure, step by step: what is done stays done, and whoever comes next goes on from there.

A step is one holder's data in one transaction, or what comes before and after all of them. Nothing of whom
it's about is in a step: counts by place, what stays, and why.
"""

import logging
from dataclasses import replace
from datetime import datetime
from traceback import format_tb
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from compliance.desk.domain.request_states import Step
from compliance.desk.models import ErasureRun, ErasureStep
from compliance.desk.models.erasures import ErasureState, StepKind
from compliance.desk.services.erasure.claims import ClaimLostError, claim_drop, claim_take, claimed
from compliance.desk.services.erasure.noting import erasure_note, request_of_hold
from compliance.desk.services.erasure.planning import holders_in_order, subject_widen
from compliance.desk.services.erasure.steps import STEPS, FoundAgainError
from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.personal_data import Subject
from updates.selectors.held_devices import devices_held

# How often a run may find something, or fail, before somebody has to look.
_MOST_SEARCHES: Final = 5

_logger: Final = logging.getLogger(__name__)


def erasure_start(
    request_reference: str, subject: Subject, actor: Actor, now: datetime, *, is_replay: bool = False
) -> ErasureRun:
    """Begin to erase somebody; the worker does the steps.

    Args:
        request_reference: Of the request; it stays in the log, so it names nobody.
        subject: Whom, by whatever is known; the rest is found.
        actor: Who says so.
        now: When.
        is_replay: It's done again after a restore.

    Raises:
        ErasureNobodyError: Nothing is named that anybody could be found by.
    """
    wider = subject_widen(subject)
    # For notices to providers: when they're written, nothing of it is left.
    wider = replace(wider, found=devices_held(wider.devices))
    with transaction.atomic():
        run = ErasureRun(
            request=request_reference,
            is_replay=is_replay,
            started_at=now,
            started_by=f"{actor.kind.value} {actor.id}".strip(),
        )
        run.subject_set(wider)
        run.save()
        kinds = [
            (StepKind.SUPPRESS, ""),
            (StepKind.DRAIN, ""),
            *((StepKind.HOLDER, holder.name) for holder in holders_in_order()),
            (StepKind.COMPACT, ""),
            (StepKind.SEARCH, ""),
            (StepKind.FINISH, ""),
        ]
        ErasureStep.objects.bulk_create(
            ErasureStep(run=run, position=position, kind=kind, name=name)
            for position, (kind, name) in enumerate(kinds)
        )
        audit_record(
            action=Action.ERASURE_STARTED,
            actor=actor,
            now=now,
            subject=("privacy_request", request_reference),
            detail={"identifiers": len(wider.identifiers()), "replay": is_replay},
        )
    return run


def erasure_resume(*, run: ErasureRun, actor: Actor, now: datetime) -> None:
    """Let a run that got stuck go on, once somebody has looked."""
    with transaction.atomic():
        stuck = ErasureRun.objects.filter(pk=run.pk, state=ErasureState.STUCK)
        if stuck.update(state=ErasureState.RUNNING, searches=0, error="", told_at=None):
            audit_record(
                action=Action.ERASURE_STARTED,
                actor=actor,
                now=now,
                subject=("privacy_request", run.request),
                detail={"resumed": True},
            )


def erasures_running() -> QuerySet[ErasureRun]:
    """Return the runs that have steps to do; whoever waits longest comes first."""
    return ErasureRun.objects.filter(state=ErasureState.RUNNING).order_by("started_at", "pk")


def erasure_run_through(run: ErasureRun) -> ErasureRun:
    """Do all steps that can be done now."""
    while erasure_step(run):
        pass
    run.refresh_from_db()
    return run


def erasure_step(run: ErasureRun) -> bool:
    """Do the next step; False: it's done, stuck, another worker's, or has to wait for the next time."""
    if not claim_take(run):
        return False
    step = run.steps.filter(done_at=None).first()
    if step is None:
        return False
    try:
        return _step_do(run, step)
    finally:
        claim_drop(run)


def _step_do(run: ErasureRun, step: ErasureStep) -> bool:
    try:
        STEPS[StepKind(step.kind)](run, step)
    except ClaimLostError:
        pass  # it's that worker's to say what becomes of the step
    except FoundAgainError as found:
        _search_again(run, found)
    except ConsoleError as refused:
        _stick(run, f"{step.kind} {step.name}: {refused.code}".strip())
    except Exception as trouble:  # noqa: BLE001 (a broken step is this run's trouble, and nobody else's)
        _fail(run, step, trouble)
    else:
        return step.kind != StepKind.FINISH
    return False


def _search_again(run: ErasureRun, found: FoundAgainError) -> None:
    """Do the holders once more: what was on its way when they were asked has arrived by now."""
    places = ", ".join(f"{place} ({count})" for place, count in sorted(found.places.items()))
    run.searches += 1
    run.error = f"still found in {places}"[:300]
    if run.searches >= _MOST_SEARCHES:
        _stick(run, run.error)
        return
    again = (StepKind.DRAIN, StepKind.HOLDER, StepKind.COMPACT)
    with transaction.atomic():
        if claimed(run).update(searches=run.searches, error=run.error):
            run.steps.filter(kind__in=again).update(done_at=None)


def _fail(run: ErasureRun, step: ErasureStep, trouble: Exception) -> None:
    """Try again the next time, as often as the search may find something; an error's words may name them."""
    where = f"{step.kind} {step.name}".strip()
    told = type(trouble).__name__
    _logger.error("An erasure failed at %s: %s\n%s", where, told, "".join(format_tb(trouble.__traceback__)))
    run.searches += 1
    run.error = f"{where}: {told}"[:300]
    if run.searches >= _MOST_SEARCHES:
        _stick(run, run.error)
        return
    claimed(run).update(searches=run.searches, error=run.error)


def _stick(run: ErasureRun, why: str) -> None:
    now = clock.now()
    with transaction.atomic():
        request_of_hold(run.request)
        mine = claimed(run)
        if not mine.update(
            state=ErasureState.STUCK, error=why[:300], searches=run.searches, claimed_until=None
        ):
            return
        erasure_note(run.request, Step.STUCK, now=now, note=why)
        audit_record(
            action=Action.ERASURE_STUCK,
            actor=SYSTEM,
            now=now,
            subject=("privacy_request", run.request),
            detail={"where": why[:300]},
        )
