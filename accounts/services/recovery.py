"""Letting somebody in anew who has lost everything: what goes, what stays on record, and the way back in.

Two administrators do it, one asking and one approving, neither of them the person (docs/recovery.md). The
last administrator is let in from the host, by whoever has a shell there: they could change the database
anyway, and this way it's on the audit log and in everybody's mail.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django_otp import devices_for_user

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.domain.session_limits import SessionEnd
from accounts.errors import ApprovalRequiredError, RecoveryRefusedError
from accounts.models import AuthenticatorRecord, Identity, PersonLink, User
from accounts.selectors.authenticators import authenticators_held, kind_of
from accounts.selectors.entitled import people_entitled
from accounts.selectors.recovery import recoverers_of
from accounts.services.api_tokens import api_tokens_end
from accounts.services.approval_kinds import ApprovedRequest
from accounts.services.authenticator_records import record_removed
from accounts.services.authority import authority_use
from accounts.services.identity_roles import identity_roles_follow
from accounts.services.links import link_address, link_issue, links_end
from accounts.services.mail import letter_write
from accounts.services.roles import custodian_set_aside
from accounts.services.sessions import sessions_end
from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

RECOVER: Final = "accounts:person:recover"
# Whoever has to hear that an administrator came in by the back door.
_WATCHERS: Final = (Permission.PEOPLE_MANAGE, Permission.KEY_OPERATE, Permission.PRIVACY_MANAGE)
_ENOUGH: Final = 2


def recover_operation(*, person: User) -> Operation:
    """Say what is asked for and approved: that exactly these authenticators of this person go."""
    held = sorted(each.id for each in authenticators_held(user=person))
    return Operation(RECOVER, {"person": person.pk, "authenticators": held, "is_active": person.is_active})


def recoverable_require(*, person: User) -> None:
    """Ask whether a person can be let in anew.

    Raises:
        RecoveryRefusedError: They are deactivated, or were invited and never came in.
    """
    if not person.is_active:
        raise RecoveryRefusedError("They are deactivated.")
    if person.last_login is None:
        raise RecoveryRefusedError("They have never signed in; invite them again.")


def person_recover(*, person_id: int, authority: ApprovedRequest) -> User:
    """Take away all that a person signs in with, and write them a link to begin anew.

    Args:
        person_id: Who has lost everything.
        authority: A request while it's carried out. One person's confirmation never does, whatever policy.

    Raises:
        ApprovalRequiredError: It's something else.
        ApprovalOvertakenError: They have other authenticators by now.
        RecoveryRefusedError: They asked or approved themselves, or can't be let in anew.
    """
    if not isinstance(authority, ApprovedRequest):
        raise ApprovalRequiredError
    now = clock.now()
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        requester = authority_use(authority=authority, operation=recover_operation(person=person))
        if len({person.pk, requester.pk, authority.approver.pk}) != _ENOUGH + 1:
            raise RecoveryRefusedError("Who asks, who approves and who is let in are three people.")
        recoverable_require(person=person)
        removed = _all_taken(person, requester.actor, "recovery", now)
        custodian_set_aside(user=person, actor=requester.actor, now=now)
        audit_record(
            action=Action.PERSON_RECOVERED,
            actor=requester.actor,
            now=now,
            subject=("person", str(person.pk)),
            detail={"approved_by": str(authority.approver.pk), "authenticators": removed},
        )
        link = _way_in(person)
        letter_write(
            to=person, template="person_recovered", context={"link": link, "now": now}, is_secret=True
        )
        names = f"{requester.name} and {authority.approver.name}"
        tellable = people_entitled(Permission.PEOPLE_MANAGE, other_than=person)
        _others_tell(tellable, person, f"{names} let them in anew", now)
    return person


def person_recover_at_host(*, email: str, os_user: str) -> str:
    """Let an administrator in anew from the host, where no two others could.

    Args:
        email: Theirs.
        os_user: Who runs the command, as the host's system knows them; it goes on the audit log.

    Returns:
        The one-time link, to be handed to them and kept nowhere.

    Raises:
        RecoveryRefusedError: There's no such administrator, or two others could do it; it says who.
    """
    now = clock.now()
    with transaction.atomic():
        person = host_recoverable_require(email=email)
        removed = _all_taken(person, SYSTEM, "recovery at the host", now)
        audit_record(
            action=Action.PERSON_RECOVERED_AT_HOST,
            actor=SYSTEM,
            now=now,
            subject=("person", str(person.pk)),
            detail={"os_user": os_user, "authenticators": removed},
        )
        how = f"somebody with a shell on the console's host ({os_user}) let them in anew"
        _others_tell(people_entitled(*_WATCHERS), person, how, now)
        return _way_in(person)


def host_recoverable_require(*, email: str) -> User:
    """Find the administrator whom the host may let in, under their row's lock where a transaction is open.

    Raises:
        RecoveryRefusedError: There's no such administrator, or two others could do it; it says who.
    """
    people = User.objects.addressed(email)
    if transaction.get_connection().in_atomic_block:
        people = people.select_for_update()
    person = people.first()
    if person is None or not person.may(Permission.PEOPLE_MANAGE):
        raise RecoveryRefusedError("There is no administrator with this address.")
    recoverable_require(person=person)
    others = recoverers_of(person=person)
    if len(others) >= _ENOUGH:
        names = ", ".join(f"{other.name} <{other.email}>" for other in others)
        raise RecoveryRefusedError(f"Two of these can do it on the console's pages: {names}.")
    return person


def _all_taken(person: User, by: Actor, why: str, now: datetime) -> int:
    """Take authenticators, password, links and sessions; the record of what there was stays."""
    count = 0
    for device in list(devices_for_user(person, confirmed=None)):
        on_record = AuthenticatorRecord.objects.filter(authenticator=device.persistent_id, removed_at=None)
        if on_record.exists():  # one that was never proved isn't
            record_removed(authenticator=device.persistent_id, by=by, why=why, now=now)
        audit_record(
            action=Action.AUTHENTICATOR_REMOVED,
            actor=by,
            now=now,
            subject=("person", str(person.pk)),
            detail={"kind": kind_of(device).value, "authenticator": device.persistent_id},
        )
        if isinstance(device, Identity):  # else the roles of its groups would stay for good
            identity_roles_follow(identity=device, claims={}, now=now)
        device.delete()
        count += 1
    person.set_unusable_password()
    person.save(update_fields=["password"])
    links_end(person=person)
    api_tokens_end(user=person, actor=by, now=now)
    sessions_end(user=person, why=SessionEnd.ENDED_BY_CONSOLE, actor=by)
    return count


def _way_in(person: User) -> str:
    """Make the link with which they choose a password and set up an authenticator, as at their first day."""
    token = link_issue(person=person, purpose=PersonLink.Purpose.INVITE)
    return link_address(token=token, purpose=PersonLink.Purpose.INVITE)


def _others_tell(people: Iterable[User], person: User, how: str, now: datetime) -> None:
    for reader in people:
        letter_write(
            to=reader, template="recovery_told", context={"recovered": person, "how": how, "now": now}
        )
