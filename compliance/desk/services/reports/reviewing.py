"""What an officer says of a report after reading it: on record, confirmed, bound to the very pack."""

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.models import StepUp, User
from compliance.desk.errors import OwnReportError, ReportStateError
from compliance.desk.models import ReportReview, ReportRun
from compliance.desk.models.reports import Verdict
from compliance.desk.selectors.reports.signing_off import SIGN_OFF, is_orderer, may_sign_off
from compliance.desk.services.requiring import confirmation_use, right_require
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def review_operation(*, run: ReportRun, user: User) -> Operation:
    """Name what is confirmed: that this person answers for a review of this pack."""
    facts = {"report": str(run.pk), "sha256": run.export.sha256, "person": user.pk}
    return Operation("compliance:report:review", facts)


def report_review(
    *, run: ReportRun, verdict: Verdict, note: str, user: User, step_up: StepUp
) -> ReportReview:
    """Put a review on record.

    Args:
        run: Which report.
        verdict: Signed off, or with something to follow up.
        note: What was looked at and found.
        user: Who reviewed it.
        step_up: Their confirmation.

    Raises:
        PermissionDeniedError: They are no compliance officer.
        OwnReportError: They ordered it, and somebody else may sign it off.
        StepUpRequiredError: The confirmation is of another pack, or somebody else's.
        ReportStateError: It isn't made, or is signed off already.
        ValueError: There's no note.
    """
    now = clock.now()
    if not note.strip():
        raise ValueError("a review says what was looked at")
    with transaction.atomic():
        person = right_require(user, SIGN_OFF)
        current = _reviewable_lock(run, person)
        operation = review_operation(run=current, user=user)
        confirmation_use(step_up=step_up, user=user, operation=operation)
        event = audit_record(
            action=Action.REPORT_REVIEWED,
            actor=user.actor,
            now=now,
            subject=("export", str(run.pk)),
            detail={
                "report": current.kind,
                "sha256": current.export.sha256,
                "verdict": verdict.value,
                "same_person": is_orderer(current, person),
                "note": note,
            },
        )
        return ReportReview.objects.create(
            run=current,
            by=user,
            at=now,
            verdict=verdict,
            note=note,
            sha256=current.export.sha256,
            step_up=step_up,
            event=event,
        )


def _reviewable_lock(run: ReportRun, person: User) -> ReportRun:
    """Lock a report that this person may review.

    Raises:
        OwnReportError: They ordered it, and somebody else may sign it off.
        ReportStateError: It isn't made, or is signed off already.
    """
    current = ReportRun.objects.select_for_update(of=("self",)).select_related("export").get(pk=run.pk)
    if not current.is_made or current.reviews.filter(verdict=Verdict.SIGNED_OFF).exists():
        raise ReportStateError
    if not may_sign_off(current, person):
        raise OwnReportError
    return current
