"""What one person did where two were needed: told at once, and open until somebody else has looked."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.domain.approvals import ReviewReason, review_operation
from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import (
    ApprovalStateError,
    ApprovalUnknownError,
    PermissionDeniedError,
    ReasonMissingError,
    SelfApprovalError,
)
from accounts.models import ReviewTask, StepUp, User
from accounts.selectors.entitled import people_entitled
from accounts.services.mail import letter_write
from accounts.services.step_up import step_up_use
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

# Key custodians and compliance officers: who is told, and who may close a review.
REVIEWERS: Final = (Permission.KEY_OPERATE, Permission.PRIVACY_MANAGE)
_CLOSED: Final = {
    ReviewReason.BREAK_GLASS: Action.BREAK_GLASS_REVIEWED,
    ReviewReason.BOOTSTRAP: Action.BOOTSTRAP_REVIEWED,
}


def break_glass_record(*, step_up: StepUp, operation: Operation, reason: str) -> ReviewTask:
    """Put on record that somebody acts alone, and write to all who should know, in its transaction."""
    now = clock.now()
    task = review_open(
        why=ReviewReason.BREAK_GLASS, step_up=step_up, operation=operation, reason=reason, now=now
    )
    audit_record(
        action=Action.BREAK_GLASS_USED,
        actor=step_up.user.actor,
        now=now,
        app_id=str(operation.facts.get("app_id", "")),
        subject=("review", str(task.pk)),
        detail=operation.recorded(),
    )
    for reader in people_entitled(*REVIEWERS):
        letter_write(to=reader, template="break_glass", context={"task": task, "who": step_up.user})
    return task


def review_open(
    *, why: ReviewReason, step_up: StepUp, operation: Operation, reason: str, now: datetime
) -> ReviewTask:
    """Open a review of what is done in this transaction."""
    return ReviewTask.objects.create(
        why=why.value,
        operation=operation.name,
        facts=dict(operation.facts),
        digest=operation.digest(),
        reason=reason,
        done_by=step_up.user,
        step_up=step_up,
        done_at=now,
    )


def review_get(*, review_id: UUID) -> ReviewTask:
    """Find a review.

    Raises:
        ApprovalUnknownError: There's none.
    """
    task = ReviewTask.objects.select_related("done_by", "reviewed_by").filter(pk=review_id).first()
    if task is None:
        raise ApprovalUnknownError
    return task


def review_close_operation(task: ReviewTask) -> Operation:
    """Name the closing of a review, for a code to confirm."""
    return review_operation(review_id=str(task.pk), name=task.operation, digest=task.digest)


def review_close(*, review_id: UUID, note: str, step_up: StepUp) -> ReviewTask:
    """Close a review as somebody who didn't do it.

    Raises:
        ApprovalUnknownError: There's no such review.
        ApprovalStateError: It's closed.
        SelfApprovalError: They did it themselves, or it's about them.
        ReasonMissingError: They say nothing.
        PermissionDeniedError: They are neither custodian nor compliance officer.
        StepUpRequiredError: Their confirmation is of something else, or isn't good any more.
    """
    now = clock.now()
    with transaction.atomic():
        task = ReviewTask.objects.select_for_update(of=("self",)).filter(pk=review_id).first()
        if task is None:
            raise ApprovalUnknownError
        user = step_up_use(step_up=step_up, operation=review_close_operation(task))
        _reviewer_check(task, user)
        task.reviewed_by, task.reviewed_at, task.reviewer_step_up = user, now, step_up
        task.note = note.strip()
        if not task.note:
            raise ReasonMissingError
        closed = ReviewTask.objects.filter(pk=task.pk, reviewed_at=None).update(
            reviewed_by=user, reviewed_at=now, reviewer_step_up=step_up, note=task.note
        )
        if not closed:
            raise ApprovalStateError("This review is closed.")
        audit_record(
            action=_CLOSED[ReviewReason(task.why)],
            actor=user.actor,
            now=now,
            app_id=str(task.facts.get("app_id", "")),
            subject=("review", str(task.pk)),
            detail=Operation(task.operation, task.facts).recorded(),
        )
    return task


def _reviewer_check(task: ReviewTask, user: User) -> None:
    if user.pk == task.done_by_id or task.facts.get("person") == user.pk:
        raise SelfApprovalError
    if not any(user.may(permission) for permission in REVIEWERS):
        raise PermissionDeniedError(REVIEWERS[0].value)
