"""Reports that are made again and again: ordered when they're due, and who asked is told by a link.

Nobody confirms anything then, so such a report never holds personal values; and a letter never holds data.
"""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import User
from accounts.services.mail import letter_write
from compliance.desk.domain.reports.cadence import CADENCE_WORDS, Cadence, due_after, period_due
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.errors import ReportStateError
from compliance.desk.models import ReportRun, ReportSchedule
from compliance.desk.models.exports import ExportState
from compliance.desk.services.officers import officers_write
from compliance.desk.services.reports.ordering import report_order
from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

_LOST: Final = "Who asked for it may not export the log any more."
_OVER: Final = (ExportState.READY, ExportState.FAILED, ExportState.CANCELLED)


def report_schedule(*, wish: ReportWish, cadence: Cadence, user: User) -> ReportSchedule:
    """Have a report made again and again.

    Args:
        wish: Which; its period doesn't matter but for its zone.
        cadence: How often.
        user: Who asks, and gets the letters.

    Raises:
        PermissionDeniedError: They may not export the log.
    """
    now = clock.now()
    with transaction.atomic():
        if not _may_export(user):
            raise PermissionDeniedError(Permission.AUDIT_EXPORT.value)
        schedule = ReportSchedule.objects.create(
            kind=wish.kind.id,
            filters=dict(wish.filters),
            cadence=cadence,
            zone=wish.period.zone,
            sample=wish.sample,
            created_by=user,
            created_at=now,
            next_on=due_after(cadence, now.astimezone(ZoneInfo(wish.period.zone)).date()),
        )
        _record(Action.REPORT_SCHEDULED, schedule, user.actor, now)
    return schedule


def report_unschedule(*, schedule: ReportSchedule, user: User) -> None:
    """End it; what was made stays.

    Raises:
        PermissionDeniedError: They may not export the log.
        ReportStateError: It's over already.
    """
    now = clock.now()
    with transaction.atomic():
        if not _may_export(user):
            raise PermissionDeniedError(Permission.AUDIT_EXPORT.value)
        if not _end(schedule, f"{user.name} ended it.", now):
            raise ReportStateError("It's over already.")
        _record(Action.REPORT_UNSCHEDULED, schedule, user.actor, now)


def reports_attend() -> int:
    """Order what is due, and tell who waits for one; returns how many were ordered."""
    now, count = clock.now(), 0
    for schedule in ReportSchedule.objects.filter(ended_at=None):
        while _order_due(schedule.pk, now):
            count += 1
    for run in ReportRun.objects.filter(schedule__isnull=False, told_at=None, export__state__in=_OVER):
        _tell(run.export_id, now)
    return count


def _order_due(schedule_id: int, now: datetime) -> bool:
    """Order the next period that is over; each has a report, also when the worker was away for long."""
    with transaction.atomic():
        schedule = ReportSchedule.objects.select_for_update().get(pk=schedule_id)
        today = now.astimezone(ZoneInfo(schedule.zone)).date()
        if schedule.ended_at is not None or schedule.next_on > today:
            return False
        user = schedule.created_by
        if not _may_export(user):
            _end(schedule, _LOST, now)
            _record(Action.REPORT_UNSCHEDULED, schedule, SYSTEM, now)
            officers_write(template="report_schedule_ended", context={"schedule": schedule})
            return False
        cadence = Cadence(schedule.cadence)
        period = period_due(cadence, schedule.next_on, zone=schedule.zone)
        report_order(
            wish=ReportWish(schedule.declared, period, schedule.filters, schedule.sample),
            personal=False,
            reason=f"Made {CADENCE_WORDS[cadence]}",
            user=user,
            schedule=schedule,
        )
        schedule.next_on = due_after(cadence, schedule.next_on)
        schedule.save(update_fields=["next_on"])
    return True


def _tell(run_id: UUID, now: datetime) -> None:
    """Write that a report is there, or couldn't be made, once."""
    with transaction.atomic():
        waiting = ReportRun.objects.select_for_update(of=("self",)).filter(pk=run_id, told_at=None)
        run = waiting.select_related("export__ordered_by").first()
        if run is None:
            return
        is_cancelled = run.export.state == ExportState.CANCELLED
        context = {"run": run, "is_made": run.is_made, "is_cancelled": is_cancelled}
        letter_write(to=run.export.ordered_by, template="report_made", context=context)
        run.told_at = now
        run.save(update_fields=["told_at"])


def _end(schedule: ReportSchedule, why: str, now: datetime) -> bool:
    running = ReportSchedule.objects.filter(pk=schedule.pk, ended_at=None)
    return bool(running.update(ended_at=now, ended_why=why))


def _may_export(user: User) -> bool:
    person = User.objects.get(pk=user.pk)
    return person.is_active and person.may(Permission.AUDIT_EXPORT)


def _record(action: Action, schedule: ReportSchedule, actor: Actor, now: datetime) -> None:
    audit_record(
        action=action,
        actor=actor,
        now=now,
        subject=("report_schedule", str(schedule.pk)),
        detail={
            "report": schedule.kind,
            "cadence": schedule.cadence,
            "filters": schedule.filters,
            "sample": schedule.sample,
        },
    )
