"""Lifting a legal hold, which always takes two: what it kept goes for good with the next retention."""

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import HOLD_LIFT
from accounts.domain.roles import Permission
from accounts.errors import ApprovalRequiredError
from accounts.models import ApprovalRequest
from accounts.services.approval_kinds import ApprovedRequest
from accounts.services.authority import Authority, authority_use
from compliance.desk.services.requiring import right_require
from compliance.ledger.models import LegalHold
from compliance.ledger.services.holds import hold_lift
from releaseconsole.kernel import clock


def hold_lift_operation(*, hold: LegalHold) -> Operation:
    """Name the lifting of one hold, by its number and what it covers."""
    return Operation(HOLD_LIFT, {"hold": hold.pk, "covers": hold.covers})


def hold_lift_confirmed(*, hold: LegalHold, authority: Authority) -> LegalHold:
    """Lift a hold that somebody asked to lift, for the reason they gave, and another one approved.

    Raises:
        ApprovalRequiredError: This is one person's confirmation.
        HoldRefusedError: It was lifted already.
        PermissionDeniedError: Who asked can't sign in, or may not lift holds any more.
        AccountsError: The approval is of something else.
    """
    if not isinstance(authority, ApprovedRequest):
        raise ApprovalRequiredError
    with transaction.atomic():
        asked = authority_use(authority=authority, operation=hold_lift_operation(hold=hold))
        user = right_require(asked, Permission.PRIVACY_MANAGE)
        reason = ApprovalRequest.objects.get(pk=authority.request_id).reason
        return hold_lift(hold=hold, reason=reason, actor=user.actor, now=clock.now())
