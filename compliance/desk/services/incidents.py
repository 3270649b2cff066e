"""The incident register: recorded, assessed anew, continued, its notices settled, closed with its lessons."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from compliance.desk.domain.notices import Assessment, notices_due
from compliance.desk.domain.recertification import reminder_is_due
from compliance.desk.errors import IncidentStateError, IncidentWordsError
from compliance.desk.models.incidents import Incident, IncidentKind, IncidentNotice, IncidentStep
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.incidents import incident_notices_open
from compliance.desk.services.officers import officers_write
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

LONGEST_WHAT: Final = 500
LONGEST_STEP: Final = 1000
LONGEST_NOTE: Final = 500
LONGEST_LESSONS: Final = 2000


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of whom an incident concerns.

    Attributes:
        personal: Whether personal data may be concerned; with `phi` they are.
        phi: Whether protected health information may be.
        affected: How many people; None: not known yet.
    """

    personal: bool
    phi: bool
    affected: int | None


@dataclass(frozen=True, slots=True)
class Account:
    """What happened, as it's told when it's recorded."""

    kind: IncidentKind
    what: str
    noticed_at: datetime
    noticed_by: str
    began_at: datetime | None = None


def incident_record(*, account: Account, known: Known, recorder: User) -> Incident:
    """Write down an incident, with the notices that it may need; every officer is written to.

    Raises:
        IncidentWordsError: Something is missing, or times are out of order.
    """
    now = clock.now()
    _account_check(account, now)
    with transaction.atomic():
        incident = Incident.objects.create(
            kind=account.kind,
            what=account.what.strip(),
            began_at=account.began_at,
            noticed_at=account.noticed_at,
            noticed_by=account.noticed_by.strip(),
            personal=known.personal or known.phi,
            phi=known.phi,
            affected=known.affected,
            recorded_by=recorder,
            recorded_at=now,
        )
        _notices_add(incident)
        _record(Action.INCIDENT_RECORDED, incident, recorder, now, note=incident.what)
        officers_write(template="incident_recorded", context={"incident": incident, "who": recorder})
    return incident


def incident_assess(*, incident: Incident, known: Known, why: str, assessor: User) -> Incident:
    """Say anew whom it concerns. Notices that it may need now are added; none is taken away by itself.

    Raises:
        IncidentStateError: It's closed.
        IncidentWordsError: Nobody says why.
    """
    now, said = clock.now(), _said(why, LONGEST_STEP)
    with transaction.atomic():
        incident = _open_lock(incident)
        incident.personal, incident.phi = known.personal or known.phi, known.phi
        incident.affected = known.affected
        incident.save(update_fields=["personal", "phi", "affected"])
        IncidentStep.objects.create(
            incident=incident,
            at=now,
            what=f"Assessed anew: {said}"[:LONGEST_STEP],
            recorded_by=assessor,
            recorded_at=now,
        )
        _notices_add(incident)
        _record(Action.INCIDENT_ASSESSED, incident, assessor, now, note=said)
    return incident


def incident_continue(*, incident: Incident, what: str, at: datetime, recorder: User) -> IncidentStep:
    """Write down what was done about it, and when.

    Raises:
        IncidentStateError: It's closed.
        IncidentWordsError: It's empty, or lies in the future.
    """
    now, said = clock.now(), _said(what, LONGEST_STEP)
    if at > now:
        raise IncidentWordsError("This lies in the future; write down what was done.")
    with transaction.atomic():
        incident = _open_lock(incident)
        step = IncidentStep.objects.create(
            incident=incident, at=at, what=said, recorded_by=recorder, recorded_at=now
        )
        _record(Action.INCIDENT_CONTINUED, incident, recorder, now, note=said)
    return step


def notice_settle(
    *, notice: IncidentNotice, sent_on: date | None, note: str, settler: User
) -> IncidentNotice:
    """Say that a notice was sent, to whom and how; or why it isn't due.

    Args:
        notice: Which.
        sent_on: The day; None: it isn't due.
        note: Whom and how; or why not.
        settler: Who says so.

    Raises:
        IncidentStateError: The incident is closed, or the notice settled.
        IncidentWordsError: Nothing is said, or the day lies outside the incident.
    """
    now, said = clock.now(), _said(note, LONGEST_NOTE)
    with transaction.atomic():
        incident = _open_lock(notice.incident)
        notice = IncidentNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
        if notice.settled_at is not None:
            raise IncidentStateError("This notice is settled already.")
        if sent_on is not None and not today_at(incident.noticed_at) <= sent_on <= today_at(now):
            raise IncidentWordsError("A notice is sent between the day of noticing and today.")
        notice.sent_on, notice.note = sent_on, said
        notice.settled_by, notice.settled_at = settler, now
        notice.save(update_fields=["sent_on", "note", "settled_by", "settled_at"])
        audit_record(
            action=Action.INCIDENT_NOTICE_SETTLED,
            actor=settler.actor,
            now=now,
            subject=("incident", str(incident.pk)),
            detail={
                "rule": notice.rule,
                "due_on": notice.due_on.isoformat(),
                "sent_on": sent_on.isoformat() if sent_on else None,
                "note": said,
            },
        )
    return notice


def incident_close(*, incident: Incident, lessons: str, closer: User) -> Incident:
    """Close an incident for good: every notice is settled, and somebody says what was learned.

    Raises:
        IncidentStateError: A notice is open, or it's closed.
        IncidentWordsError: Nothing was learned.
    """
    now, said = clock.now(), _said(lessons, LONGEST_LESSONS)
    with transaction.atomic():
        incident = _open_lock(incident)
        if incident.notices.filter(settled_at=None).exists():
            raise IncidentStateError("Not every notice is settled: each is sent, or isn't due for a reason.")
        incident.closed_at, incident.closed_by, incident.lessons = now, closer, said
        incident.save(update_fields=["closed_at", "closed_by", "lessons"])
        _record(Action.INCIDENT_CLOSED, incident, closer, now, note=said)
    return incident


def notices_remind() -> None:
    """Write to the officers about notices whose day is near, or over."""
    today = today_at(clock.now())
    with transaction.atomic():
        notices = [
            notice
            for notice in incident_notices_open().select_for_update(of=("self",))
            if reminder_is_due(due_on=notice.due_on, reminded_on=notice.reminded_on, today=today)
        ]
        if not notices:
            return
        IncidentNotice.objects.filter(pk__in=[notice.pk for notice in notices]).update(reminded_on=today)
        officers_write(template="notices_due", context={"notices": notices})


def _notices_add(incident: Incident) -> None:
    known = Assessment(
        noticed_on=today_at(incident.noticed_at),
        personal=incident.personal,
        phi=incident.phi,
        affected=incident.affected,
    )
    there = set(incident.notices.values_list("rule", flat=True))
    IncidentNotice.objects.bulk_create(
        IncidentNotice(incident=incident, rule=rule.value, due_on=day)
        for rule, day in notices_due(known)
        if rule.value not in there
    )


def _account_check(account: Account, now: datetime) -> None:
    _said(account.what, LONGEST_WHAT)
    _said(account.noticed_by, LONGEST_WHAT)
    if account.noticed_at > now:
        raise IncidentWordsError("Nothing is noticed in the future.")
    if account.began_at is not None and account.began_at > account.noticed_at:
        raise IncidentWordsError("It began before it was noticed.")


def _said(text: str, longest: int) -> str:
    said = text.strip()
    if not said or len(said) > longest:
        raise IncidentWordsError(f"Say it in at most {longest} characters.")
    return said


def _open_lock(incident: Incident) -> Incident:
    locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if locked.closed_at is not None:
        raise IncidentStateError("This incident is closed.")
    return locked


def _record(action: Action, incident: Incident, actor: User, now: datetime, *, note: str) -> None:
    audit_record(
        action=action,
        actor=actor.actor,
        now=now,
        subject=("incident", str(incident.pk)),
        detail={
            "kind": incident.kind,
            "noticed_at": incident.noticed_at.isoformat(),
            "personal": incident.personal,
            "phi": incident.phi,
            "affected": incident.affected,
            "note": note,
        },
    )
