"""What officers ask others for: that a person of the console is erased."""

from accounts.domain.policy import PERSON_ERASE
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
from compliance.desk.services.requests.recording import Doer


def desk_approval_kinds_register() -> None:
    """Let it be asked for."""
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


def _request(reference: object) -> PrivacyRequest:
    return request_get(reference=str(reference))
