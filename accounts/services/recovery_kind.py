"""What administrators ask each other for: that somebody who has lost everything is let in anew."""

from accounts.domain.roles import Permission
from accounts.errors import RecoveryRefusedError
from accounts.models import User
from accounts.services.approval_kinds import (
    ApprovalKind,
    ApprovedRequest,
    Asked,
    Foreseen,
    approval_kind_register,
)
from accounts.services.recovery import RECOVER, person_recover, recover_operation, recoverable_require


def recovery_kind_register() -> None:
    """Let the recovery of a person be asked for."""
    approval_kind_register(
        ApprovalKind(
            name=RECOVER,
            title="Let somebody in anew",
            permission=Permission.PEOPLE_MANAGE,
            foresee=_foresee,
            perform=_perform,
        )
    )


def _foresee(asked: Asked) -> Foreseen:
    person = User.objects.filter(pk=int(asked.operation.facts["person"])).first()
    if person is None:
        raise RecoveryRefusedError("There is no such person.")
    recoverable_require(person=person)
    operation = recover_operation(person=person)
    count = len(operation.facts["authenticators"])
    return Foreseen(
        operation,
        f"Let {person.name} in anew",
        (
            (f"All that they sign in with is removed ({count}); the record of it stays.",),
            ("Their password stops working, and their sessions end.",),
            (f"A link goes to {person.email}: who opens it chooses password and authenticator.",),
            ("Make sure by another way than mail, by telephone or in person, that it's they who ask.",),
        ),
    )


def _perform(approved: ApprovedRequest) -> str:
    person = person_recover(person_id=int(approved.operation.facts["person"]), authority=approved)
    return f"A link went to {person.email}."
