"""Invites: a new person gets a link and chooses their own password; no administrator ever sees it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.roles import Role
from accounts.errors import PersonStateError, RoleRefusedError
from accounts.models import PersonLink, StepUp, User
from accounts.selectors.policy import policy_current
from accounts.selectors.second_factors import is_awaited
from accounts.services.access_changes import manager_of
from accounts.services.links import LIFETIMES, link_address, link_issue, link_use, links_end
from accounts.services.mail import letter_write
from accounts.services.passwords import password_accept
from accounts.services.people import person_create
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


@dataclass(frozen=True, slots=True)
class Invite:
    """Somebody invited, and the link that lets them in: to be shown once and kept nowhere."""

    person: User
    link: str


def invite_operation(*, email: str, name: str, roles: Collection[Role]) -> Operation:
    """Name what an administrator confirms: this person, with these roles."""
    facts = {"email": email.casefold(), "name": name, "roles": sorted(role.value for role in roles)}
    return Operation("accounts:person:invite", facts)


def person_invite(*, email: str, name: str, roles: Collection[Role], step_up: StepUp) -> Invite:
    """Create a person without a password, and write them a letter with the link to choose one.

    Raises:
        PersonRefusedError: The address is taken.
        RoleRefusedError: A custodian is appointed by two people here.
        StepUpRequiredError: The administrator's confirmation isn't of this.
        PermissionDeniedError: Whoever confirmed it may not manage people.
    """
    with transaction.atomic():
        _roles_check(roles)
        administrator = manager_of(
            authority=step_up, operation=invite_operation(email=email, name=name, roles=roles)
        )
        person = person_create(email=email, name=name, password=None, roles=roles, actor=administrator.actor)
        return _invite(person, administrator.actor)


def invite_again_operation(person: User) -> Operation:
    """Name what an administrator confirms: another link for this person, which they get to see too."""
    return Operation("accounts:person:invite_again", {"person": person.pk})


def invite_again(*, person: User, step_up: StepUp) -> Invite:
    """Make a new link for somebody who hasn't come in yet; the earlier one stops working.

    Raises:
        PersonStateError: They have come in already, or are deactivated.
        StepUpRequiredError: The administrator's confirmation isn't of this.
        PermissionDeniedError: Whoever confirmed it may not manage people.
    """
    with transaction.atomic():
        locked = _invited_locked(person)
        administrator = manager_of(authority=step_up, operation=invite_again_operation(locked))
        return _invite(locked, administrator.actor)


def invite_revoke(*, person: User, actor: Actor) -> None:
    """Make an invite's link worthless.

    Raises:
        PersonStateError: They have come in already, or no link is open.
    """
    with transaction.atomic():
        locked = _invited_locked(person)
        if not links_end(person=locked, purpose=PersonLink.Purpose.INVITE):
            raise PersonStateError("No invite of theirs is open.")
        _record(locked, actor, "revoke")


def invite_accept(*, token: str, password: str) -> User:
    """Choose one's first password by the link of an invite; an authenticator comes next.

    Raises:
        PersonLinkError: The link can't be used (any more).
        PasswordRefusedError: The password isn't acceptable; the link stays usable.
    """
    with transaction.atomic():
        person = link_use(token=token, purpose=PersonLink.Purpose.INVITE)
        password_accept(password, person)
        person.set_password(password)
        person.save(update_fields=["password"])
        _record(person, person.actor, "accept")
    return person


def _roles_check(roles: Collection[Role]) -> None:
    """An invite is one administrator's word, so it can't carry what takes two.

    Raises:
        RoleRefusedError: The role of a key custodian, where policy gives its appointment to two people.
    """
    if Role.KEY_CUSTODIAN in roles and CUSTODIAN_APPOINT in policy_current().two_people:
        raise RoleRefusedError(
            "Two people appoint a key custodian here. Invite them without this role, then appoint them."
        )


def _invited_locked(person: User) -> User:
    """Lock somebody who was invited and never came in.

    Raises:
        PersonStateError: That isn't their state.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    if not is_awaited(locked):
        raise PersonStateError("Only who hasn't come in yet has an invite.")
    return locked


def _invite(person: User, actor: Actor) -> Invite:
    token = link_issue(person=person, purpose=PersonLink.Purpose.INVITE)
    link = link_address(token=token, purpose=PersonLink.Purpose.INVITE)
    hours = int(LIFETIMES[PersonLink.Purpose.INVITE].total_seconds() // 3600)
    letter_write(to=person, template="invite", context={"link": link, "hours": hours}, is_secret=True)
    _record(person, actor, "invite")
    return Invite(person=person, link=link)


def _record(person: User, actor: Actor, what: str) -> None:
    audit_record(
        action=Action.PERSON_INVITED,
        actor=actor,
        now=clock.now(),
        subject=("person", str(person.pk)),
        detail={"what": what},
    )
