"""Roles: given and taken, one at a time, each confirmed for exactly this person as they stand."""

from datetime import datetime
from typing import Final

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.roles import INSIDER_ROLES, Role
from accounts.errors import LastAdministratorError, RoleRefusedError
from accounts.models import User
from accounts.selectors.administrators import administrators_able
from accounts.selectors.policy import policy_current
from accounts.selectors.second_factors import second_factors_of
from accounts.services.access_changes import change_tell, changer_of, person_lock
from accounts.services.authority import Authority
from accounts.services.bootstrap import bootstrap_look
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

ROLE_GRANT: Final = "accounts:role:grant"
ROLE_REVOKE: Final = "accounts:role:revoke"


def role_grant_operation(*, user: User, role: Role) -> Operation:
    """Name the giving of a role to somebody who has those that they have now."""
    # By its own name, so that policy can have two people do it.
    name = CUSTODIAN_APPOINT if role is Role.KEY_CUSTODIAN else ROLE_GRANT
    return Operation(name, _facts(user, role))


def role_revoke_operation(*, user: User, role: Role) -> Operation:
    """Name the taking of a role from somebody who has those that they have now."""
    return Operation(ROLE_REVOKE, _facts(user, role))


def role_grant(*, user: User, role: Role, authority: Authority) -> User:
    """Give somebody a role.

    Raises:
        RoleRefusedError: They have it, or it doesn't go with what they have.
        AccountsError: The authority doesn't cover this, or it's their own role.
    """
    with transaction.atomic():
        user = person_lock(user)
        role_grant_check(user=user, role=role)
        operation = role_grant_operation(user=user, role=role)
        changer = changer_of(authority=authority, operation=operation, person=user)
        _change(user, role, changer, Action.ROLE_GRANTED)
        change_tell(person=user, changer=changer, sentence=f"You have the role {role.words} now.")
    return user


def role_revoke(*, user: User, role: Role, authority: Authority) -> User:
    """Take a role from somebody; what they got by it, they have lost with their next click.

    Raises:
        RoleRefusedError: They don't have it, or nobody else is an administrator.
        AccountsError: The authority doesn't cover this, or it's their own role.
    """
    with transaction.atomic():
        # First of all: of two who take the role from each other, the second sees what the first did.
        Group.objects.select_for_update(no_key=True).get(name=role.value)
        user = person_lock(user)
        role_revoke_check(user=user, role=role)
        operation = role_revoke_operation(user=user, role=role)
        changer = changer_of(authority=authority, operation=operation, person=user)
        _change(user, role, changer, Action.ROLE_REVOKED)
        change_tell(person=user, changer=changer, sentence=f"You don't have the role {role.words} any more.")
    return user


def custodian_set_aside(*, user: User, actor: Actor, now: datetime) -> None:
    """Take the custodian's role from somebody who is let in anew, where two people appoint custodians.

    Else whoever can let somebody in would appoint whom they like: the account is the old one, but who holds
    it now nobody has vouched for. Inside the caller's transaction.
    """
    if Role.KEY_CUSTODIAN not in user.roles or CUSTODIAN_APPOINT not in policy_current().two_people:
        return
    user.groups.remove(Group.objects.get(name=Role.KEY_CUSTODIAN.value))
    del user.roles
    audit_record(
        action=Action.ROLE_REVOKED,
        actor=actor,
        now=now,
        subject=("person", str(user.pk)),
        detail={"role": Role.KEY_CUSTODIAN.value, "why": "let in anew"},
    )


def role_grant_check(*, user: User, role: Role) -> None:
    """Make sure that somebody can be given a role.

    Raises:
        RoleRefusedError: They can't.
    """
    if role in user.roles:
        raise RoleRefusedError(f"{user.name} is {role.words} already.")
    if role not in INSIDER_ROLES:
        raise RoleRefusedError("An external auditor comes in by an engagement, which says what for.")
    if Role.EXTERNAL_AUDITOR in user.roles:
        raise RoleRefusedError(f"{user.name} is an external auditor, who has no other role.")
    # Whoever approves it vouches for somebody who is there, not for whoever opens an invite's link.
    if role is Role.KEY_CUSTODIAN and not second_factors_of(user):
        raise RoleRefusedError(f"{user.name} has to come in first, with an authenticator of their own.")


def role_revoke_check(*, user: User, role: Role) -> None:
    """Make sure that a role can be taken from somebody.

    Raises:
        RoleRefusedError: They don't have it.
        LastAdministratorError: Nobody would be left to manage people.
    """
    if role not in user.roles:
        raise RoleRefusedError(f"{user.name} isn't {role.words}.")
    if role is Role.ADMINISTRATOR and not administrators_able(but=user).exists():
        raise LastAdministratorError


def _facts(user: User, role: Role) -> dict[str, object]:
    return {"person": user.pk, "role": role.value, "roles": sorted(user.roles)}


def _change(user: User, role: Role, changer: User, action: Action) -> None:
    group = Group.objects.get(name=role.value)
    if action is Action.ROLE_GRANTED:
        user.groups.add(group)
    else:
        user.groups.remove(group)
    del user.roles  # read once for each instance; this one has just changed
    bootstrap_look(now=clock.now())
    audit_record(
        action=action,
        actor=changer.actor,
        now=clock.now(),
        subject=("person", str(user.pk)),
        detail={"role": role.value},
    )
