"""By whose authority an operation runs: one person's confirmation, or that of two.

Services call `authority_use` inside the transaction of what they do, with the operation computed anew under
their own locks. It answers with the person in whose name it's done, or raises. Where policy asks for two
people, a confirmation alone is refused here, whichever page, command or task it came from.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from accounts.domain.approvals import ApprovalState
from accounts.domain.operations import Operation
from accounts.errors import (
    ApprovalOvertakenError,
    ApprovalRequiredError,
    NotAnEmergencyError,
    ReasonMissingError,
)
from accounts.models import ApprovalRequest, StepUp, User
from accounts.selectors.policy import policy_current
from accounts.services.approval_kinds import ApprovedRequest, approval_kind
from accounts.services.bootstrap import bootstrap_appointment_record, bootstrap_permits
from accounts.services.reviews import break_glass_record
from accounts.services.step_up import step_up_use

__all__ = ["ApprovedRequest", "Authority", "BreakGlass", "authority_use", "execution"]


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """One person's confirmation where two are needed and nobody can be waited for; reviewed afterwards."""

    step_up: StepUp
    reason: str


Authority = StepUp | ApprovedRequest | BreakGlass

# The request that is carried out in this thread of work. An `ApprovedRequest` that is built or kept
# elsewhere isn't this very object, so it opens nothing.
_executing: Final[ContextVar[ApprovedRequest | None]] = ContextVar("executing", default=None)


def authority_use(*, authority: Authority, operation: Operation) -> User:
    """Use up what lets an operation run, inside its transaction.

    Args:
        authority: What the caller was given.
        operation: What would be done, computed anew under the operation's own lock.

    Returns:
        Who does it: who confirmed it, or who asked for what another one approved.

    Raises:
        ApprovalRequiredError: Policy wants two people, and this is one; or an approval that isn't being
            carried out.
        ApprovalOvertakenError: What was approved isn't what would be done.
        StepUpRequiredError: The confirmation is of something else, or isn't good any more.
        NotAnEmergencyError: One person can't do this alone, whatever happens.
        RuntimeError: No transaction is open.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An authority is used inside the transaction of its operation.")
    if isinstance(authority, ApprovedRequest):
        return _approval_use(authority, operation)
    if isinstance(authority, BreakGlass):
        return _glass_break(authority, operation)
    if operation.name not in policy_current().two_people:
        return step_up_use(step_up=authority, operation=operation)
    if bootstrap_permits(authority.user, operation):
        user = step_up_use(step_up=authority, operation=operation)
        bootstrap_appointment_record(step_up=authority, operation=operation)
        return user
    raise ApprovalRequiredError


@contextmanager
def execution(approved: ApprovedRequest) -> Iterator[None]:
    """Let an approved request be used in here, once.

    Yields:
        Nothing.

    Raises:
        RuntimeError: Whatever ran in here didn't use it: then nothing has compared what was done with what
            was approved.
    """
    token = _executing.set(approved)
    try:
        yield
        if _executing.get() is not None:
            raise RuntimeError(f"{approved.operation.name} ran without using its approval.")
    finally:
        _executing.reset(token)


def _approval_use(approved: ApprovedRequest, operation: Operation) -> User:
    if _executing.get() is not approved:
        raise ApprovalRequiredError
    if not hmac.compare_digest(approved.operation.digest(), operation.digest()):
        raise ApprovalOvertakenError
    # The row has the last word: it was marked in this transaction, by the only statement that can.
    is_marked = ApprovalRequest.objects.filter(
        pk=approved.request_id,
        state=ApprovalState.EXECUTED.value,
        digest=operation.digest(),
        requested_by=approved.requester,
        decided_by=approved.approver,
    ).exists()
    if not is_marked:
        raise ApprovalRequiredError
    _executing.set(None)
    return approved.requester


def _glass_break(glass: BreakGlass, operation: Operation) -> User:
    if operation.name not in policy_current().two_people:
        return step_up_use(step_up=glass.step_up, operation=operation)
    if not approval_kind(operation.name).is_emergency:
        raise NotAnEmergencyError
    if not glass.reason.strip():
        raise ReasonMissingError
    user = step_up_use(step_up=glass.step_up, operation=operation)
    break_glass_record(step_up=glass.step_up, operation=operation, reason=glass.reason.strip())
    return user
