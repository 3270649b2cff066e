"""Ordering a report: an export of what proves it, with the rows made of it."""

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.models import StepUp, User
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.models import ReportRun, ReportSchedule
from compliance.desk.services.exports import export_operation, export_order


def report_operation(*, wish: ReportWish, user: User) -> Operation:
    """Name what is confirmed: that this person takes this report, with what is personal in it."""
    return export_operation(wish=wish.entries(), personal=True, user=user, report=wish.facts())


def report_order(
    *,
    wish: ReportWish,
    personal: bool,
    reason: str,
    user: User,
    step_up: StepUp | None = None,
    schedule: ReportSchedule | None = None,
) -> ReportRun:
    """Order a report; the worker makes it.

    Args:
        wish: Which, of what, and how much of it.
        personal: With personal values.
        reason: Why.
        user: Who orders it.
        step_up: Their confirmation, without which nothing personal is in it.
        schedule: What orders it by itself.

    Raises:
        PermissionDeniedError: They may not export the log.
        StepUpRequiredError: What is personal needs a confirmation of exactly this.
    """
    with transaction.atomic():
        export = export_order(
            wish=wish.entries(),
            personal=personal,
            reason=reason,
            user=user,
            step_up=step_up,
            report=wish.facts(),
        )
        return ReportRun.objects.create(
            export=export,
            kind=wish.kind.id,
            filters=dict(wish.filters),
            sample=wish.sample,
            schedule=schedule,
        )
