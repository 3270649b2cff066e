"""Deactivating people, letting them in again, and closing the account of somebody who is erased."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from accounts.domain.operations import Operation
from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.roles import Permission, Role
from accounts.domain.session_limits import SessionEnd
from accounts.errors import PersonStateError, TooFewLeftError
from accounts.models import StepUp, User
from accounts.selectors.administrators import administrators_able
from accounts.selectors.entitled import people_entitled
from accounts.selectors.policy import policy_current
from accounts.services.access_changes import manager_of
from accounts.services.links import links_end
from accounts.services.mail import letter_write
from accounts.services.roles import custodian_set_aside
from accounts.services.sessions import sessions_end
from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def deactivate_operation(person: User) -> Operation:
    """Name what is confirmed: that this person, active as they are, is shut out."""
    return Operation("accounts:person:deactivate", {"person": person.pk, "is_active": person.is_active})


def reactivate_operation(person: User) -> Operation:
    """Name what is confirmed: that this person, shut out as they are, may sign in again."""
    return Operation("accounts:person:reactivate", {"person": person.pk, "is_active": person.is_active})


def person_deactivate(*, person: User, step_up: StepUp) -> User:
    """Shut a person out at once: their sessions and links end, the API tokens that they made stop.

    Raises:
        PersonStateError: They are the administrator who asks, the last one, or deactivated already.
        StepUpRequiredError: The confirmation isn't of this.
        PermissionDeniedError: Whoever confirmed it may not manage people.
    """
    with transaction.atomic():
        locked = _locked_with_administrators(person)
        administrator = manager_of(authority=step_up, operation=deactivate_operation(locked))
        if not locked.is_active:
            raise PersonStateError("They are deactivated already.")
        if locked.pk == administrator.pk:
            raise PersonStateError("Nobody deactivates themselves; another administrator can.")
        if not administrators_able(but=locked).exists():
            raise PersonStateError("They are the last administrator; make somebody else one first.")
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        sessions_end(user=locked, why=SessionEnd.ENDED_BY_CONSOLE, actor=administrator.actor)
        links_end(person=locked)
        _record(Action.PERSON_DEACTIVATED, locked, administrator.actor, template="person_deactivated")
    return locked


def person_reactivate(*, person: User, step_up: StepUp) -> User:
    """Let a person sign in again, with the factors that they had.

    Raises:
        PersonStateError: They are active.
        StepUpRequiredError: The confirmation isn't of this.
        PermissionDeniedError: Whoever confirmed it may not manage people.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=person.pk)
        administrator = manager_of(authority=step_up, operation=reactivate_operation(locked))
        if locked.is_active:
            raise PersonStateError("They are active.")
        locked.is_active = True
        locked.save(update_fields=["is_active"])
        custodian_set_aside(user=locked, actor=administrator.actor, now=clock.now())
        _record(Action.PERSON_REACTIVATED, locked, administrator.actor, template="person_reactivated")
    return locked


def person_erasable_require(*, person: User, by: User) -> None:
    """Make sure that somebody's account may be closed for good.

    Raises:
        PersonStateError: It's their own.
        TooFewLeftError: Too few administrators or key custodians would be left.
    """
    if person.pk == by.pk:
        raise PersonStateError("Nobody has themselves erased; somebody else can.")
    _enough_left_require(person)


def person_leave(*, pk: int) -> User | None:
    """Lock somebody whose account is about to go, and make sure once more that the console can do without.

    What was so when it was approved need not be so any more: the others may have left meanwhile. Inside the
    caller's transaction; of two who leave at once, the second is judged without the first.

    Raises:
        TooFewLeftError: Too few administrators or key custodians would be left.
    """
    roles = [Role.ADMINISTRATOR.value, Role.KEY_CUSTODIAN.value]
    # Groups first, as where a role is taken; then people by number, as where somebody is shut out.
    list(Group.objects.select_for_update(no_key=True).filter(name__in=roles).order_by("name"))
    counted = Q(pk=pk) | Q(groups__name__in=roles)
    numbers = list(User.objects.filter(counted).values_list("pk", flat=True))
    locked = {row.pk: row for row in User.objects.select_for_update().filter(pk__in=numbers).order_by("pk")}
    person = locked.get(pk)
    if person is not None:
        _enough_left_require(person)
    return person


def _enough_left_require(person: User) -> None:
    able = administrators_able()
    if able.filter(pk=person.pk).exists() and not able.exclude(pk=person.pk).exists():
        raise TooFewLeftError("They are the last administrator; make somebody else one first.")
    if not person.may(Permission.KEY_OPERATE):
        return
    needed = 2 if CUSTODIAN_APPOINT in policy_current().two_people else 1
    if len(people_entitled(Permission.KEY_OPERATE, other_than=person)) < needed:
        raise TooFewLeftError("Too few key custodians would be left; appoint another one first.")


def person_close(*, person: User) -> None:
    """Take their roles from somebody who is erased, and shut them out; inside the caller's transaction.

    The console does it. Who asked for it, and who agreed, is on the log of the request.
    """
    now, about = clock.now(), ("person", str(person.pk))
    for role in sorted(person.roles):
        detail = {"role": role.value, "why": "erased"}
        audit_record(action=Action.ROLE_REVOKED, actor=SYSTEM, now=now, subject=about, detail=detail)
    person.groups.clear()
    del person.roles  # read once for each instance
    if person.is_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        audit_record(action=Action.PERSON_DEACTIVATED, actor=SYSTEM, now=now, subject=about)


def _locked_with_administrators(person: User) -> User:
    """Lock the person and every administrator, in one order: two who shut each other out come one by one."""
    wanted = Q(pk=person.pk) | Q(pk__in=list(administrators_able().values_list("pk", flat=True)))
    locked = {row.pk: row for row in User.objects.select_for_update().filter(wanted).order_by("pk")}
    return locked[person.pk]


def _record(action: Action, person: User, actor: Actor, *, template: str) -> None:
    now = clock.now()
    audit_record(action=action, actor=actor, now=now, subject=("person", str(person.pk)))
    letter_write(to=person, template=template, context={"at": now})
