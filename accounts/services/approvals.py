"""Requests for what needs two people: asked for by one, decided by another, carried out once.

Everything that an approval does is one transaction: the mark that it was given, the use of the approver's
confirmation, and the operation itself. Either all of it happened or nothing, and the mark is a statement that
only one of two approvers at once can win (docs/adr/0010).
"""

import hmac
import logging
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.domain.approvals import ApprovalState, give_operation, sentences_pack
from accounts.domain.operations import Operation, place_of
from accounts.domain.roles import Permission
from accounts.errors import (
    ApprovalFailedError,
    ApprovalOvertakenError,
    ApprovalPendingError,
    ApprovalStateError,
    ApprovalUnknownError,
    OperationChangedError,
    PermissionDeniedError,
    ReasonMissingError,
    SelfApprovalError,
)
from accounts.models import ApprovalRequest, StepUp, User
from accounts.selectors.entitled import people_entitled
from accounts.services.approval_kinds import ApprovalKind, ApprovedRequest, Asked, approval_kind
from accounts.services.authority import execution
from accounts.services.mail import letter_write
from accounts.services.step_up import step_up_use
from compliance.ledger.domain.events import SYSTEM, Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError

_log = logging.getLogger(__name__)
_LONGEST_OUTCOME = 500


class _UndoneError(Exception):
    """What was approved couldn't be done; carries why through the roll-back."""

    def __init__(self, cause: ConsoleError, approver: User) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.approver = approver


def approval_request(
    *, operation: Operation, payload: bytes = b"", reason: str, step_up: StepUp
) -> ApprovalRequest:
    """Ask for an operation that needs a second person.

    Args:
        operation: What exactly.
        payload: What it needs beside its facts; kept sealed until it's decided, shown to nobody.
        reason: Why, for who decides.
        step_up: The confirmation of exactly this operation, by who asks.

    Raises:
        ApprovalUnknownError: It's nothing that can be asked for.
        ApprovalPendingError: Exactly this waits already.
        OperationChangedError: It isn't what would be done now.
        PermissionDeniedError: They may not do this, alone or not.
        ReasonMissingError: They don't say why.
        StepUpRequiredError: The confirmation doesn't cover it.
        ConsoleError: It can't be done.
    """
    kind, now = approval_kind(operation.name), clock.now()
    approvals_expire(now=now)
    with transaction.atomic():
        foreseen = kind.foresee(Asked(operation, payload))
        if not hmac.compare_digest(foreseen.operation.digest(), operation.digest()):
            raise OperationChangedError
        user = step_up_use(step_up=step_up, operation=operation)
        _entitled_check(user, (kind.permission,), operation)
        if not reason.strip():
            raise ReasonMissingError
        row = ApprovalRequest(
            operation=operation.name,
            facts=dict(operation.facts),
            digest=operation.digest(),
            app_id=str(operation.facts.get("app_id", "")),
            headline=foreseen.headline,
            sentences=sentences_pack(foreseen.sentences),
            reason=reason.strip(),
            requested_by=user,
            requester_step_up=step_up,
            created_at=now,
            expires_at=now + timedelta(hours=settings.APPROVAL_HOURS),
        )
        row.payload_set(payload)
        _insert(row)
        _audit(Action.APPROVAL_REQUESTED, row, user.actor, now)
        for reader in approvers_of(kind, operation=operation, requester=user):
            letter_write(to=reader, template="approval_requested", context={"row": row, "title": kind.title})
    return row


def approvers_of(kind: ApprovalKind, *, operation: Operation, requester: User) -> list[User]:
    """List who could approve this; nobody decides what is about themselves."""
    people = people_entitled(*kind.approving, other_than=requester, place=place_of(operation))
    return [user for user in people if user.pk != operation.facts.get("person")]


def approval_give_operation(row: ApprovalRequest) -> Operation:
    """Name the approval of a request, for a code to confirm."""
    return give_operation(request_id=str(row.pk), name=row.operation, digest=row.digest)


def approval_give(*, request_id: UUID, step_up: StepUp) -> ApprovalRequest:
    """Approve a request and carry it out, in one transaction and once.

    Args:
        request_id: The request.
        step_up: The approver's confirmation of `approval_give_operation`.

    Raises:
        ApprovalUnknownError: There's no such request.
        ApprovalStateError: It's decided, or over.
        SelfApprovalError: It's their own, or about them.
        PermissionDeniedError: They may not approve this, or who asked may not do it any more.
        StepUpRequiredError: Their confirmation is of something else, or isn't good any more.
        ApprovalOvertakenError: It isn't what would be done by now. The request ends with that.
        ApprovalFailedError: It couldn't be done. The request ends with that.
    """
    now = clock.now()
    approvals_expire(now=now)
    try:
        with transaction.atomic():
            row = _locked(request_id, now)
            kind = approval_kind(row.operation)
            user = step_up_use(step_up=step_up, operation=approval_give_operation(row))
            _decider_check(row, user, kind)
            _entitled_check(row.requested_by, (kind.permission,), row.subject)
            approved = ApprovedRequest(row.pk, row.subject, row.payload_read(), row.requested_by, user)
            _decide(row, ApprovalState.EXECUTED, now, decided_by=user, approver_step_up=step_up)
            _audit(Action.APPROVAL_GIVEN, row, user.actor, now)
            _perform(kind, row, approved)
            _requester_tell(row, user)
    except _UndoneError as undone:
        _failure_record(request_id, undone, now)
    return row


def approval_reject(*, request_id: UUID, user: User, reason: str) -> ApprovalRequest:
    """Decide against a request; that makes nothing less safe, so it needs no fresh code.

    Raises:
        ApprovalUnknownError: There's no such request.
        ApprovalStateError: It's decided, or over.
        SelfApprovalError: It's their own: they can withdraw it.
        PermissionDeniedError: They couldn't approve it either.
        ReasonMissingError: They don't say why.
    """
    now = clock.now()
    approvals_expire(now=now)
    with transaction.atomic():
        row = _locked(request_id, now)
        _decider_check(row, user, approval_kind(row.operation))
        if not reason.strip():
            raise ReasonMissingError
        _decide(row, ApprovalState.REJECTED, now, decided_by=user, outcome=reason.strip())
        _audit(Action.APPROVAL_REJECTED, row, user.actor, now)
        _requester_tell(row, user)
    return row


def approval_withdraw(*, request_id: UUID, user: User) -> ApprovalRequest:
    """Take back one's own request.

    Raises:
        ApprovalUnknownError: There's no such request.
        ApprovalStateError: It's decided, or over.
        PermissionDeniedError: It's somebody else's.
    """
    now = clock.now()
    approvals_expire(now=now)
    with transaction.atomic():
        row = _locked(request_id, now)
        if user.pk != row.requested_by_id:
            raise PermissionDeniedError("Only who asked for it can take it back.")
        _decide(row, ApprovalState.WITHDRAWN, now)
        _audit(Action.APPROVAL_WITHDRAWN, row, user.actor, now)
    return row


def approvals_expire(*, now: datetime | None = None) -> int:
    """Write down which requests have expired; return how many. Nobody could decide them before either."""
    now = now or clock.now()
    waiting = ApprovalRequest.objects.filter(state=ApprovalState.PENDING.value, expires_at__lte=now)
    return sum(_expire(pk, now) for pk in waiting.values_list("pk", flat=True))


def _expire(request_id: UUID, now: datetime) -> int:
    with transaction.atomic():
        row = ApprovalRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
        if row.state != ApprovalState.PENDING.value:
            return 0
        _decide(row, ApprovalState.EXPIRED, now)
        _audit(Action.APPROVAL_EXPIRED, row, SYSTEM, now)
    return 1


def _insert(row: ApprovalRequest) -> None:
    """Insert a request; that exactly this waits already is the database's to find.

    Raises:
        ApprovalPendingError: It does.
        IntegrityError: It can't be inserted for another reason; a bug.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as exc:
        if not ApprovalRequest.objects.filter(digest=row.digest, state=ApprovalState.PENDING.value).exists():
            raise
        raise ApprovalPendingError from exc


def _locked(request_id: UUID, now: datetime) -> ApprovalRequest:
    rows = ApprovalRequest.objects.select_for_update(of=("self",)).select_related("requested_by")
    row = rows.filter(pk=request_id).first()
    if row is None:
        raise ApprovalUnknownError
    if row.state_at(now) is not ApprovalState.PENDING:
        raise ApprovalStateError
    if not hmac.compare_digest(row.subject.digest(), row.digest):
        # Somebody has changed the row in the database itself.
        raise ApprovalStateError("This request isn't what was asked for. Look at the audit log.")
    return row


def _decide(
    row: ApprovalRequest,
    state: ApprovalState,
    now: datetime,
    *,
    decided_by: User | None = None,
    approver_step_up: StepUp | None = None,
    outcome: str = "",
) -> None:
    """End a request by one statement: of two who decide at once, one is refused, also without row locks.

    Raises:
        ApprovalStateError: Somebody else was faster.
    """
    row.state, row.decided_at, row.decided_by = state.value, now, decided_by
    row.approver_step_up, row.outcome, row.sealed_payload = approver_step_up, outcome[:_LONGEST_OUTCOME], ""
    changed = ApprovalRequest.objects.filter(pk=row.pk, state=ApprovalState.PENDING.value).update(
        state=row.state,
        decided_at=now,
        decided_by=decided_by,
        approver_step_up=approver_step_up,
        outcome=row.outcome,
        sealed_payload="",
    )
    if not changed:
        raise ApprovalStateError


def _decider_check(row: ApprovalRequest, user: User, kind: ApprovalKind) -> None:
    if user.pk in {row.requested_by_id, row.facts.get("person")}:
        raise SelfApprovalError
    _entitled_check(user, kind.approving, row.subject)


def _entitled_check(user: User, permissions: tuple[Permission, ...], operation: Operation) -> None:
    """Ask anew what somebody may where it's done; neither their session nor a page they saw is proof of it.

    Raises:
        PermissionDeniedError: They aren't there any more, or may not.
    """
    fresh = User.objects.filter(pk=user.pk, is_active=True).first()
    at = place_of(operation)
    if fresh is None or not any(
        fresh.may(each, app_id=at.app_id, channel=at.channel) for each in permissions
    ):
        raise PermissionDeniedError(permissions[0].value)


def _perform(kind: ApprovalKind, row: ApprovalRequest, approved: ApprovedRequest) -> None:
    try:
        with execution(approved):
            outcome = kind.perform(approved)
    except ConsoleError as exc:
        raise _UndoneError(exc, approved.approver) from exc
    row.outcome = outcome[:_LONGEST_OUTCOME]
    row.save(update_fields=["outcome"])


def _failure_record(request_id: UUID, undone: _UndoneError, now: datetime) -> NoReturn:
    """Write down that an approved request came to nothing, after all of it was rolled back."""
    with transaction.atomic():
        row = _locked(request_id, now)
        overtaken = _is_overtaken(row, undone.cause)
        state = ApprovalState.OVERTAKEN if overtaken else ApprovalState.FAILED
        _decide(row, state, now, decided_by=undone.approver, outcome=undone.cause.message)
        _audit(
            Action.APPROVAL_FAILED,
            row,
            undone.approver.actor,
            now,
            outcome=Outcome.FAILED,
            error=undone.cause.code,
        )
        _requester_tell(row, undone.approver)
    error = ApprovalOvertakenError if overtaken else ApprovalFailedError
    raise error(f"{error.title} {undone.cause.message}") from undone.cause


def _is_overtaken(row: ApprovalRequest, cause: ConsoleError) -> bool:
    """Say whether it failed because the facts moved, rather than for a reason of another kind."""
    if isinstance(cause, ApprovalOvertakenError):
        return True
    try:
        with transaction.atomic():
            foreseen = approval_kind(row.operation).foresee(Asked(row.subject, row.payload_read()))
    except ConsoleError:
        return True  # it can't even be asked for any more
    return foreseen.operation.digest() != row.digest


def _requester_tell(row: ApprovalRequest, decider: User) -> None:
    letter_write(to=row.requested_by, template="approval_decided", context={"row": row, "decider": decider})


def _audit(
    action: Action,
    row: ApprovalRequest,
    actor: Actor,
    now: datetime,
    *,
    outcome: Outcome = Outcome.DONE,
    **detail: str,
) -> None:
    audit_record(
        action=action,
        actor=actor,
        now=now,
        outcome=outcome,
        app_id=row.app_id,
        subject=("approval", str(row.pk)),
        detail={
            **row.subject.recorded(),
            "requested_by": str(row.requested_by_id),
            **detail,
        },
    )
