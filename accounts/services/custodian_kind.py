"""What administrators ask each other for where policy wants it: that somebody becomes a key custodian."""

from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.roles import Permission, Role
from accounts.errors import RoleRefusedError
from accounts.models import User
from accounts.services.approval_kinds import (
    ApprovalKind,
    ApprovedRequest,
    Asked,
    Foreseen,
    approval_kind_register,
)
from accounts.services.roles import role_grant, role_grant_check, role_grant_operation


def custodian_kind_register() -> None:
    """Let the appointment of a custodian be asked for."""
    approval_kind_register(
        ApprovalKind(
            name=CUSTODIAN_APPOINT,
            title="Appoint a key custodian",
            permission=Permission.PEOPLE_MANAGE,
            foresee=_foresee,
            perform=_perform,
            # No second administrator: that is something the first one could make alone.
            approvers=(Permission.KEY_OPERATE,),
        )
    )


def _foresee(asked: Asked) -> Foreseen:
    person = _person(asked.operation.facts["person"])
    role_grant_check(user=person, role=Role.KEY_CUSTODIAN)
    return Foreseen(
        role_grant_operation(user=person, role=Role.KEY_CUSTODIAN),
        f"Make {person.name} a key custodian",
        (
            (f"{person.name} may then operate the signing keys of every app.",),
            ("They may also approve what other custodians ask for.",),
        ),
    )


def _perform(approved: ApprovedRequest) -> str:
    person = _person(approved.operation.facts["person"])
    role_grant(user=person, role=Role.KEY_CUSTODIAN, authority=approved)
    return f"{person.name} is a key custodian."


def _person(pk: object) -> User:
    person = User.objects.filter(pk=int(str(pk)), is_active=True).first()
    if person is None:
        raise RoleRefusedError("There is no such person any more.")
    return person
