"""What each kind of step does. Every one may be repeated: a worker may die between doing and saying so."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from compliance.desk.domain.downstream import NoticeState
from compliance.desk.domain.request_states import Step
from compliance.desk.errors import DeskError
from compliance.desk.models import ErasureRun, ErasureStep, PrivacyRequest
from compliance.desk.models.erasures import ErasureState, StepKind
from compliance.desk.services.downstream import providers_tell
from compliance.desk.services.erasure.claims import claim_hold, claim_renew
from compliance.desk.services.erasure.holding import not_held_require
from compliance.desk.services.erasure.noting import erasure_note, request_of_hold
from compliance.desk.services.erasure.planning import holders_in_order
from compliance.desk.services.erasure.searching import (
    IN_MOTION,
    absence_search,
    search_reach,
    storage_compact,
)
from compliance.desk.services.erasure.suppression import suppress
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from compliance.ledger.services.erasing import erasing_lock
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex
from releaseconsole.personal_data import Kept, PersonalDataHolder
from updates.services.telemetry import telemetry_drain

_DRAIN: Final = timedelta(seconds=60)


class FoundAgainError(DeskError):
    """The search found something that should be gone."""

    code = "privacy_found_again"
    title = "Something of theirs is still there."

    def __init__(self, places: Mapping[str, int]) -> None:
        super().__init__()
        self.places: Final = places


def _suppress(run: ErasureRun, step: ErasureStep) -> None:
    """First of all: what arrives from now on isn't kept."""
    listed = suppress(subject=run.subject_read(), request=run.request, now=clock.now())
    _done(step, erased={}, after={"identifiers listed": listed})


def _drain(run: ErasureRun, step: ErasureStep) -> None:  # noqa: ARG001 (drains for everybody)
    """Bring what was on its way into the database, or drop it."""
    moved = telemetry_drain(at_most=_DRAIN)
    _done(step, erased={}, after={"reports dropped": moved.suppressed})


def _holder(run: ErasureRun, step: ErasureStep) -> None:
    """Erase one holder's data, and count again: what is left is what is kept, or it isn't done."""
    holder = next((each for each in holders_in_order() if each.name == step.name), None)
    if holder is None:  # the software changed meanwhile: the search says whether something is left
        _done(step, erased={}, after={})
        return
    subject = run.subject_read()
    with transaction.atomic():
        claim_hold(run)
        erasing_lock()
        not_held_require(subject)  # anew: one may have been placed since it began
        step.before = step.before or dict(holder.find(subject).counts)
        erased = Counter(step.erased) + Counter(holder.erase(subject, run.request).counts)
        kept = holder.kept(subject)
        step.kept = [asdict(each) for each in kept]
        _done(step, erased=dict(erased), after=dict(holder.find(subject).counts))


def _kept_of(run: ErasureRun) -> list[Kept]:
    return [Kept(**each) for step in run.steps.all() for each in step.kept]


def _tables_of(run: ErasureRun) -> list[str]:
    return sorted({
        place.partition(".")[0]
        for step in run.steps.filter(kind=StepKind.HOLDER)
        for place, count in step.erased.items()
        if count and "_" in place and ":" not in place
    })


def _compact(run: ErasureRun, step: ErasureStep) -> None:
    """Have database and Redis forget what was deleted."""
    told = storage_compact(run.subject_read(), _tables_of(run))
    _done(step, erased={}, after={name: int(could) for name, could in told.items()})


def _search(run: ErasureRun, step: ErasureStep) -> None:
    """Look everywhere.

    Raises:
        FoundAgainError: Something is there.
    """
    subject = run.subject_read()
    telemetry_drain(at_most=_DRAIN)
    left: Counter[str] = Counter()
    for holder in holders_in_order():
        claim_renew(run)
        left += _unexplained(holder, run)
    # Their phone may go on talking for as long as it likes: what it says is dropped a second later.
    for place in IN_MOTION:
        left.pop(place, None)
    claim_renew(run)
    clear: Counter[str] = Counter()
    for each in _kept_of(run):
        clear[each.place] += each.count if each.in_clear else 0
    if found := dict(left) or absence_search(subject, kept=clear):
        raise FoundAgainError(found)
    reach = search_reach(subject)
    _done(step, erased={}, after={name: reach[name] for name in ("looked_for", "too_common_to_look_for")})


def _unexplained(holder: PersonalDataHolder, run: ErasureRun) -> Counter[str]:
    subject = run.subject_read()
    kept: Counter[str] = Counter()
    for each in holder.kept(subject):
        kept[each.place] += each.count
    return Counter(holder.find(subject).counts) - kept


def _finish(run: ErasureRun, step: ErasureStep) -> None:
    """Have providers told, put it on record, bind the receipt to that, and forget whom it was about."""
    now = clock.now()
    erased: Counter[str] = Counter()
    for each in run.steps.filter(kind=StepKind.HOLDER):
        erased += Counter(each.erased)
    with transaction.atomic():
        request = request_of_hold(run.request)
        claim_hold(run)
        statement = _statement(run, erased, _providers_told(run, request), now)
        event = audit_record(
            action=Action.ERASURE_COMPLETED,
            actor=SYSTEM,
            now=now,
            subject=("privacy_request", run.request),
            detail={
                "erased": erased.total(),
                "stays": sum(each.count for each in _kept_of(run)),
                "replay": run.is_replay,
                "statement_sha256": sha256_hex(statement.encode()),
            },
        )
        run.statement, run.event = statement, event.number
        run.state, run.finished_at = ErasureState.DONE, now
        run.sealed_subject, run.error = "", ""
        _done(step, erased={}, after={})
        run.claimed_until = None
        run.save()
        if not run.is_replay:
            erasure_note(run.request, Step.ERASURE_DONE, now=now, note=f"{erased.total()} erased")


def _providers_told(run: ErasureRun, request: PrivacyRequest | None) -> Counter[str]:
    """Pass it on to who has their data, by all that is known now and won't be a moment later.

    What is done again after a restore was passed on then: providers restored nothing.
    """
    if run.is_replay or request is None:
        return Counter()
    notices = providers_tell(request=request, subject=run.subject_read(), by=Doer(SYSTEM))
    return Counter(notice.role for notice in notices if notice.stands is NoticeState.DUE)


def _statement(run: ErasureRun, erased: Counter[str], told: Counter[str], now: datetime) -> str:
    kept = [
        {
            "place": each.place,
            "count": each.count,
            "section": each.section,
            "why": each.why,
            "until": each.until,
        }
        for each in _kept_of(run)
    ]
    return json.dumps(
        {
            "v": 1,
            "request": run.request,
            "erased_at": now.isoformat(timespec="seconds"),
            "erased": dict(sorted(erased.items())),
            "kept": kept,
            "search": search_reach(run.subject_read()),
            "kept_note": "A record of the request, and keyed hashes so that the data stay deleted, are kept.",
            "notices_written": dict(sorted(told.items())),
        },
        sort_keys=True,
    )


def _done(step: ErasureStep, *, erased: dict[str, Any], after: dict[str, int]) -> None:
    step.erased, step.after, step.done_at = erased, after, clock.now()
    with transaction.atomic():
        claim_hold(step.run)
        step.save()


STEPS: Final[Mapping[StepKind, Callable[[ErasureRun, ErasureStep], None]]] = {
    StepKind.SUPPRESS: _suppress,
    StepKind.DRAIN: _drain,
    StepKind.HOLDER: _holder,
    StepKind.COMPACT: _compact,
    StepKind.SEARCH: _search,
    StepKind.FINISH: _finish,
}
