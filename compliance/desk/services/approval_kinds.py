"""What officers ask others for: erasing a colleague, taking all that is held of one, lifting a legal hold."""

from typing import Final

from accounts.domain.policy import HOLD_LIFT, PERSON_ERASE, PERSON_PACKAGE
from accounts.domain.roles import Permission
from accounts.models import User
from accounts.services.approval_kinds import (
    ApprovalKind,
    ApprovedRequest,
    Asked,
    Foreseen,
    approval_kind_register,
)
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.requests import request_get
from compliance.desk.services.handling import person_erase_operation, request_erase
from compliance.desk.services.hold_lifting import hold_lift_confirmed, hold_lift_operation
from compliance.desk.services.package_taking import package_allow, person_package_operation
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.selectors.holds import events_covered, hold_get

# Another officer, or a custodian: no administrator can make somebody a custodian alone.
_HOLD_DECIDERS: Final = (Permission.PRIVACY_MANAGE, Permission.KEY_OPERATE)


def desk_approval_kinds_register() -> None:
    """Let all three be asked for."""
    approval_kind_register(
        ApprovalKind(
            name=PERSON_ERASE,
            title="Erase a person of the console",
            permission=Permission.PRIVACY_MANAGE,
            foresee=_erase_foresee,
            perform=_erase_perform,
            # Who manages people could shut them out alone, and nobody else may.
            approvers=(Permission.PEOPLE_MANAGE,),
        )
    )
    approval_kind_register(
        ApprovalKind(
            name=PERSON_PACKAGE,
            title="Take all that is held of a person of the console",
            permission=Permission.PRIVACY_MANAGE,
            foresee=_package_foresee,
            perform=_package_perform,
            approvers=(Permission.PEOPLE_MANAGE,),
        )
    )
    approval_kind_register(
        ApprovalKind(
            name=HOLD_LIFT,
            title="Lift a legal hold",
            permission=Permission.PRIVACY_MANAGE,
            foresee=_lift_foresee,
            perform=_lift_perform,
            approvers=_HOLD_DECIDERS,
        )
    )


def _erase_foresee(asked: Asked) -> Foreseen:
    """Say what follows; by number only, since what is asked for stays on record."""
    request = _request(asked.operation.facts["request"])
    operation = person_erase_operation(request=request)
    person = User.objects.get(pk=operation.facts["person"])
    roles = ", ".join(sorted(role.words for role in person.roles)) or "none"
    return Foreseen(
        operation,
        f"Erase person {person.pk} for {request.reference}",
        (
            (f"The account of person {person.pk} is closed for good. Look them up under People first.",),
            (f"Roles that end with it: {roles}.",),
            ("Name, address, authenticators and sessions go. What they did stays, under their number.",),
        ),
    )


def _erase_perform(approved: ApprovedRequest) -> str:
    request = _request(approved.operation.facts["request"])
    by = Doer(approved.requester.actor, approved.requester)
    request_erase(request=request, by=by, step_up=approved)
    return "The erasure has begun."


def _package_foresee(asked: Asked) -> Foreseen:
    request = _request(asked.operation.facts["request"])
    operation = person_package_operation(request=request)
    person = operation.facts["person"]
    sentences = (
        (f"Everything that is held of person {person} goes into one file. Look them up under People first.",),
        ("Ask them whether they made this request: the package is for them, and nobody else.",),
        ("Who asks for this takes it once, with a confirmation of their own, while it's fresh.",),
    )
    return Foreseen(operation, f"Take what is held of person {person} for {request.reference}", sentences)


def _package_perform(approved: ApprovedRequest) -> str:
    package_allow(request=_request(approved.operation.facts["request"]), authority=approved)
    return "The package can be taken, once."


def _request(reference: object) -> PrivacyRequest:
    return request_get(reference=str(reference))


def _lift_foresee(asked: Asked) -> Foreseen:
    hold = hold_get(pk=asked.operation.facts["hold"])
    count = events_covered(hold).count()
    sentences = (
        (f"It was placed because: {hold.reason}",),
        (f"It covers {count} entries of the audit log. Those over their time go with the next day's run.",),
        ("A lifted hold can't be put back; another one can be placed.",),
    )
    return Foreseen(hold_lift_operation(hold=hold), f"Lift the legal hold on: {hold.covers}", sentences)


def _lift_perform(approved: ApprovedRequest) -> str:
    hold = hold_lift_confirmed(hold=hold_get(pk=approved.operation.facts["hold"]), authority=approved)
    return f"The hold is lifted: {hold.covers}."
