"""Audits: opened for a period, asked and answered, samples drawn, packs delivered, closed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from accounts.models import AuditorEngagement, User
from compliance.desk.domain.recertification import reminder_is_due
from compliance.desk.domain.sampling import Population, sample_draw, sample_seed
from compliance.desk.errors import AuditStateError, AuditWordsError
from compliance.desk.models import Export
from compliance.desk.models.engagements import (
    AskedState,
    AuditDelivery,
    AuditEngagement,
    AuditorRequest,
    AuditSample,
    Framework,
)
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.engagements import asked_open, population_sequences, sample_checkpoint
from compliance.desk.services.exports import export_hand_on
from compliance.desk.services.officers import officers_write
from compliance.ledger.domain.canonical import time_written
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from compliance.ledger.services import audit_record
from compliance.ledger.services.inclusion import inclusion_ask
from releaseconsole.kernel import clock

LONGEST_TITLE: Final = 200
LONGEST_ASKED: Final = 1000
LONGEST_ANSWER: Final = 2000
LONGEST_OUTCOME: Final = 1000
LARGEST_SAMPLE: Final = 500
# What an answer can become; open again: the auditor wants more.
_NEXT: Final[dict[str, frozenset[str]]] = {
    AskedState.OPEN: frozenset({AskedState.WITHDRAWN}),
    AskedState.ANSWERED: frozenset({AskedState.ACCEPTED, AskedState.OPEN, AskedState.WITHDRAWN}),
    AskedState.ACCEPTED: frozenset(),
    AskedState.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class AuditTerms:
    """What is audited: by whom and for what, against what, and which days, the last one included."""

    title: str
    framework: Framework
    period_from: date
    period_to: date


def audit_open(*, terms: AuditTerms, opener: User) -> AuditEngagement:
    """Open an audit.

    Raises:
        AuditWordsError: It has no name, or no period.
    """
    now, title = clock.now(), _said(terms.title, LONGEST_TITLE)
    if terms.period_from > terms.period_to:
        raise AuditWordsError("A period ends after it began.")
    with transaction.atomic():
        audit = AuditEngagement.objects.create(
            title=title,
            framework=terms.framework,
            period_from=terms.period_from,
            period_to=terms.period_to,
            opened_by=opener,
            opened_at=now,
        )
        period = [terms.period_from.isoformat(), terms.period_to.isoformat()]
        facts = {"framework": audit.framework, "period": period, "note": title}
        _record(Action.AUDIT_OPENED, audit, opener, now, facts)
    return audit


def audit_accesses_set(*, audit: AuditEngagement, accesses: Collection[AuditorEngagement], by: User) -> None:
    """Name the engagements of accounts that belong to an audit: their people see its page.

    Raises:
        AuditStateError: It's closed.
    """
    with transaction.atomic():
        audit = _open_lock(audit)
        audit.accesses.set(accesses)
        facts = {"engagements": sorted(access.pk for access in accesses)}
        _record(Action.AUDIT_AUDITORS_SET, audit, by, clock.now(), facts)


def asked_add(*, audit: AuditEngagement, asked: str, due_on: date, by: User) -> AuditorRequest:
    """Add a line to the auditor's request list.

    Raises:
        AuditStateError: The audit is closed.
        AuditWordsError: Nothing is asked.
    """
    now, said = clock.now(), _said(asked, LONGEST_ASKED)
    with transaction.atomic():
        audit = _open_lock(audit)
        number = audit.requests.count() + 1
        line = AuditorRequest.objects.create(
            audit=audit, number=number, asked=said, due_on=due_on, added_by=by, added_at=now
        )
        facts = {"request": number, "due_on": due_on.isoformat(), "note": said}
        _record(Action.AUDIT_ASKED, audit, by, now, facts)
    return line


def asked_answer(*, line: AuditorRequest, answer: str, export: Export | None, by: User) -> AuditorRequest:
    """Answer a line, with a pack where there is one.

    Raises:
        AuditStateError: It isn't open, or the audit is closed.
        AuditWordsError: Nothing is said.
    """
    now, said = clock.now(), _said(answer, LONGEST_ANSWER)
    with transaction.atomic():
        audit = _open_lock(line.audit)
        line = AuditorRequest.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if line.state != AskedState.OPEN:
            raise AuditStateError("This request isn't open.")
        line.state, line.answer, line.export = AskedState.ANSWERED, said, export
        line.answered_by, line.answered_at = by, now
        line.save(update_fields=["state", "answer", "export", "answered_by", "answered_at"])
        facts = {"request": line.number, "export": str(export.pk) if export else None, "note": said}
        _record(Action.AUDIT_ANSWERED, audit, by, now, facts)
    return line


def asked_settle(*, line: AuditorRequest, state: AskedState, by: User) -> AuditorRequest:
    """Say what the auditor made of an answer: accepted, or open again; or that it's withdrawn.

    Raises:
        AuditStateError: It can't become that.
    """
    with transaction.atomic():
        audit = _open_lock(line.audit)
        line = AuditorRequest.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if state not in _NEXT[line.state]:
            raise AuditStateError(f"A request that is {line.get_state_display()} can't become {state.label}.")
        line.state = state
        line.save(update_fields=["state"])
        facts = {"request": line.number, "state": state.value}
        _record(Action.AUDIT_REQUEST_SETTLED, audit, by, clock.now(), facts)
    return line


def sample_order(
    *, audit: AuditEngagement, action: Action, app_id: str, wanted: int, by: User
) -> AuditSample:
    """Order a sample of the entries of one action in the audit's period; it's drawn by a later root.

    Raises:
        AuditStateError: The audit is closed, or has a sample of this population.
        AuditWordsError: So many can't be drawn.
    """
    now = clock.now()
    if not 1 <= wanted <= LARGEST_SAMPLE:
        raise AuditWordsError(f"Draw between 1 and {LARGEST_SAMPLE} entries.")
    with transaction.atomic():
        audit = _open_lock(audit)
        if audit.samples.filter(action=action.value, app_id=app_id).exists():
            raise AuditStateError("A sample of this was drawn already; a second draw would be a choice.")
        facts = {"action": action.value, "app": app_id, "wanted": wanted}
        event = _record(Action.AUDIT_SAMPLE_ORDERED, audit, by, now, facts)
        sample = AuditSample.objects.create(
            audit=audit,
            action=action.value,
            app_id=app_id,
            wanted=wanted,
            order=event,
            ordered_by=by,
            ordered_at=now,
        )
        # In this order: the checkpoint that covers the order, and then the draw. The worker tries again.
        inclusion_ask()
        transaction.on_commit(samples_draw, robust=True)
    return sample


def samples_draw() -> int:
    """Draw what was ordered and is under a checkpoint by now; returns how many still wait."""
    waiting = 0
    for sample in AuditSample.objects.filter(sequences__isnull=True).select_related("audit"):
        with transaction.atomic():
            waiting += not _draw(AuditSample.objects.select_for_update(of=("self",)).get(pk=sample.pk))
    return waiting


def pack_deliver(
    *, audit: AuditEngagement, export: Export, holder: str, note: str, by: User
) -> AuditDelivery:
    """Note that an auditor was given a pack, here and in the register of exports.

    Raises:
        AuditStateError: The audit is closed.
        ConsoleError: There's no file that could be given, or they may not export.
    """
    with transaction.atomic():
        audit = _open_lock(audit)
        copy = export_hand_on(export=export, user=by, holder=_said(holder, LONGEST_TITLE), note=note.strip())
        delivery = AuditDelivery.objects.create(audit=audit, copy=copy)
        facts = {"export": str(export.pk), "sha256": export.sha256, "note": holder}
        _record(Action.AUDIT_PACK_DELIVERED, audit, by, clock.now(), facts)
    return delivery


def audit_close(*, audit: AuditEngagement, outcome: str, by: User) -> AuditEngagement:
    """Close an audit: every request is accepted or withdrawn, and somebody says how it ended.

    Raises:
        AuditStateError: Something is left, or it's closed.
        AuditWordsError: Nothing is said.
    """
    now, said = clock.now(), _said(outcome, LONGEST_OUTCOME)
    with transaction.atomic():
        audit = _open_lock(audit)
        left = audit.requests.filter(state__in=[AskedState.OPEN, AskedState.ANSWERED]).count()
        if left:
            raise AuditStateError(f"{left} requests are neither accepted nor withdrawn.")
        audit.closed_at, audit.closed_by, audit.outcome = now, by, said
        audit.save(update_fields=["closed_at", "closed_by", "outcome"])
        _record(Action.AUDIT_CLOSED, audit, by, now, {"note": said})
    return audit


def asked_remind() -> None:
    """Write to the officers about what auditors asked for and is due soon, or overdue."""
    today = today_at(clock.now())
    with transaction.atomic():
        lines = [
            line
            for line in asked_open().select_for_update(of=("self",))
            if reminder_is_due(due_on=line.due_on, reminded_on=line.reminded_on, today=today)
        ]
        if lines:
            AuditorRequest.objects.filter(pk__in=[line.pk for line in lines]).update(reminded_on=today)
            officers_write(template="auditor_requests_due", context={"lines": lines})


def _draw(sample: AuditSample) -> bool:
    found = sample_checkpoint(sample)
    if sample.sequences is not None or found is None:
        return sample.sequences is not None
    leaf, checkpoint = found
    audit = sample.audit
    population = Population(
        action=sample.action,
        app_id=sample.app_id,
        begins_at=time_written(_midnight(audit.period_from)),
        ends_at=time_written(_midnight(audit.period_to + timedelta(days=1))),
        before=leaf.sequence,
    )
    sequences = list(population_sequences(population))
    seed = sample_seed(
        origin=checkpoint.origin, size=checkpoint.size, root=bytes(checkpoint.root), population=population
    )
    sample.checkpoint, sample.seed, sample.words = checkpoint, seed.hex(), population.words()
    sample.population = len(sequences)
    sample.sequences = sample_draw(seed=seed, sequences=sequences, count=sample.wanted)
    sample.save(update_fields=["checkpoint", "seed", "words", "population", "sequences"])
    return True


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _said(text: str, longest: int) -> str:
    said = text.strip()
    if not said or len(said) > longest:
        raise AuditWordsError(f"Say it in at most {longest} characters.")
    return said


def _open_lock(audit: AuditEngagement) -> AuditEngagement:
    locked = AuditEngagement.objects.select_for_update(of=("self",)).get(pk=audit.pk)
    if locked.closed_at is not None:
        raise AuditStateError("This audit is closed.")
    return locked


def _record(
    action: Action, audit: AuditEngagement, actor: User, now: datetime, facts: Mapping[str, Any]
) -> AuditEvent:
    return audit_record(
        action=action, actor=actor.actor, now=now, subject=("audit", str(audit.pk)), detail=facts
    )
