"""The beginning: until two custodians exist, the first administrator may appoint them alone.

Somebody has to be the first, and nobody is there to agree. So it's said openly: the appointment is on the
audit log as what it is, and stays open until somebody else has looked at it. Once two custodians exist this
way is closed for good, also if there are fewer again.
"""

from datetime import datetime
from typing import Final

from accounts.domain.approvals import ReviewReason
from accounts.domain.operations import Operation
from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.roles import Permission
from accounts.errors import ApprovalRequiredError
from accounts.models import ConsolePolicy, SetupLink, StepUp, User
from accounts.selectors.entitled import people_entitled
from accounts.services.reviews import review_open
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

ENOUGH_CUSTODIANS: Final = 2


def bootstrap_permits(user: User, operation: Operation) -> bool:
    """Say whether somebody may appoint a custodian alone: who was set up first, until there are two."""
    if operation.name != CUSTODIAN_APPOINT:
        return False
    is_open = ConsolePolicy.objects.filter(bootstrap_ended_at=None).exists()
    is_first = SetupLink.objects.filter(used_by=user).exists()
    return is_open and is_first and len(people_entitled(Permission.KEY_OPERATE)) < ENOUGH_CUSTODIANS


def bootstrap_look(*, now: datetime) -> None:
    """End the beginning once there are two custodians, by whatever way they became it.

    Called in the transaction of everything that gives somebody the role.
    """
    policy = ConsolePolicy.objects.select_for_update().filter(bootstrap_ended_at=None).first()
    if policy is not None and len(people_entitled(Permission.KEY_OPERATE)) >= ENOUGH_CUSTODIANS:
        policy.bootstrap_ended_at = now
        policy.save(update_fields=["bootstrap_ended_at"])


def bootstrap_appointment_record(*, step_up: StepUp, operation: Operation) -> None:
    """Put on record that somebody appoints a custodian alone, in the transaction in which they do.

    With the second custodian the beginning ends: that is written down under the policy's row lock, so that
    of two appointments at once the later one finds it ended.

    Raises:
        ApprovalRequiredError: It has ended meanwhile.
    """
    now = clock.now()
    policy = ConsolePolicy.objects.select_for_update().get()
    others = len(people_entitled(Permission.KEY_OPERATE))
    if policy.bootstrap_ended_at is not None or others >= ENOUGH_CUSTODIANS:  # somebody was faster
        raise ApprovalRequiredError
    task = review_open(why=ReviewReason.BOOTSTRAP, step_up=step_up, operation=operation, reason="", now=now)
    audit_record(
        action=Action.BOOTSTRAP_APPOINTED,
        actor=step_up.user.actor,
        now=now,
        subject=("review", str(task.pk)),
        detail={**operation.recorded(), "custodians": others},
    )
    if others + 1 >= ENOUGH_CUSTODIANS:
        policy.bootstrap_ended_at = now
        policy.save(update_fields=["bootstrap_ended_at"])
