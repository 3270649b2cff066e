"""Roles: given and taken on a confirmation; nobody their own, and never the last administrator's."""

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import Group

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission, Role
from accounts.errors import (
    AccountsError,
    LastAdministratorError,
    OwnAccessError,
    PermissionDeniedError,
    RoleRefusedError,
    StepUpRequiredError,
)
from accounts.models import Letter, User
from accounts.services.roles import (
    role_grant,
    role_grant_operation,
    role_revoke,
    role_revoke_operation,
)
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.actors import actor_made
from tests.support.at_once import at_once
from tests.support.confirming import confirmed
from tests.support.shipping import recorded


def give(giver: User, taker: User, role: Role) -> User:
    operation = role_grant_operation(user=taker, role=role)
    return role_grant(user=taker, role=role, authority=confirmed(giver, operation))


def take(taker: User, loser: User, role: Role) -> User:
    operation = role_revoke_operation(user=loser, role=role)
    return role_revoke(user=loser, role=role, authority=confirmed(taker, operation))


def another_administrator() -> User:
    other = actor_made("grace")
    other.groups.add(Group.objects.get(name=Role.ADMINISTRATOR.value))
    User.objects.update(last_login=clock.now())  # they have all been in: who hasn't is no administrator yet
    return other


def test_who_was_invited_as_administrator_and_never_came_in_is_none_yet(ada: User) -> None:
    other = another_administrator()
    authority = confirmed(other, role_revoke_operation(user=ada, role=Role.ADMINISTRATOR))
    User.objects.filter(pk=other.pk).update(last_login=None)
    with pytest.raises(LastAdministratorError):
        role_revoke(user=ada, role=Role.ADMINISTRATOR, authority=authority)


def afresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_role_is_given_recorded_and_told(ada: User, olaf: User) -> None:
    changed = give(ada, olaf, Role.APPROVER)
    assert changed.roles == {Role.APPROVER}
    assert afresh(olaf).may(Permission.RELEASE_APPROVE)
    event = recorded(Action.ROLE_GRANTED)[-1]
    assert (event.actor_id, event.object_id, event.detail) == (
        str(ada.pk),
        str(olaf.pk),
        {"role": "approver"},
    )
    assert "You have the role approver now." in Letter.objects.get(person=olaf).body


def test_a_role_is_taken_recorded_and_told(ada: User, rita: User) -> None:
    take(ada, rita, Role.RELEASE_MANAGER)
    assert not afresh(rita).may(Permission.RELEASE_PUBLISH)
    (event,) = recorded(Action.ROLE_REVOKED)
    assert (event.actor_id, event.object_id) == (str(ada.pk), str(rita.pk))
    assert "You don't have the role release manager any more." in Letter.objects.get(person=rita).body


@pytest.mark.parametrize("role", [Role.APPROVER, Role.KEY_CUSTODIAN])
def test_nobody_gives_themselves_a_role(role: Role, ada: User) -> None:
    with pytest.raises(OwnAccessError):
        give(ada, ada, role)


def test_nobody_takes_their_own_role(ada: User) -> None:
    another_administrator()
    with pytest.raises(OwnAccessError):
        take(ada, ada, Role.ADMINISTRATOR)


def test_the_last_administrator_stays_one(ada: User) -> None:
    other = another_administrator()
    authority = confirmed(other, role_revoke_operation(user=ada, role=Role.ADMINISTRATOR))
    User.objects.filter(pk=other.pk).update(is_active=False)  # who can't sign in administers nothing
    with pytest.raises(LastAdministratorError):
        role_revoke(user=ada, role=Role.ADMINISTRATOR, authority=authority)
    User.objects.filter(pk=other.pk).update(is_active=True)
    role_revoke(user=ada, role=Role.ADMINISTRATOR, authority=authority)
    assert not afresh(ada).may(Permission.PEOPLE_MANAGE)


@pytest.mark.parametrize("act", [give, take])
def test_only_who_manages_people_changes_roles(
    act: Callable[[User, User, Role], User], rita: User, audra: User
) -> None:
    role = Role.APPROVER if act is give else Role.AUDITOR
    with pytest.raises(PermissionDeniedError):
        act(rita, audra, role)


def test_what_somebody_has_is_not_given_and_what_they_lack_not_taken(ada: User, audra: User) -> None:
    with pytest.raises(RoleRefusedError, match="already"):
        give(ada, audra, Role.AUDITOR)
    with pytest.raises(RoleRefusedError, match="isn't approver"):
        take(ada, audra, Role.APPROVER)


def test_an_external_auditor_comes_in_by_an_engagement_only(ada: User, olaf: User) -> None:
    with pytest.raises(RoleRefusedError, match="engagement"):
        give(ada, olaf, Role.EXTERNAL_AUDITOR)


def test_an_external_auditor_gets_no_other_role(ada: User, olaf: User) -> None:
    olaf.groups.add(Group.objects.get(name=Role.EXTERNAL_AUDITOR.value))
    with pytest.raises(RoleRefusedError, match="external auditor"):
        give(ada, afresh(olaf), Role.AUDITOR)


def test_a_confirmation_is_for_this_role_of_this_person_as_they_stand(
    ada: User, olaf: User, rita: User
) -> None:
    operations: list[Operation] = [
        role_grant_operation(user=olaf, role=Role.AUDITOR),
        role_grant_operation(user=rita, role=Role.APPROVER),
        role_revoke_operation(user=olaf, role=Role.APPROVER),
    ]
    for operation in operations:
        with pytest.raises(StepUpRequiredError):
            role_grant(user=olaf, role=Role.APPROVER, authority=confirmed(ada, operation))
    authority = confirmed(ada, role_grant_operation(user=olaf, role=Role.APPROVER))
    give(ada, olaf, Role.APP_DEVELOPER)
    with pytest.raises(StepUpRequiredError):
        role_grant(user=olaf, role=Role.APPROVER, authority=authority)


def test_appointing_a_custodian_has_a_name_of_its_own(olaf: User) -> None:
    names = {role: role_grant_operation(user=olaf, role=role).name for role in Role}
    assert names.pop(Role.KEY_CUSTODIAN) == "accounts:role:grant_custodian"
    assert set(names.values()) == {"accounts:role:grant"}
    facts = {"person": olaf.pk, "role": "key_custodian", "roles": []}
    assert role_grant_operation(user=olaf, role=Role.KEY_CUSTODIAN).facts == facts


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_leave_one(ada: User) -> None:
    other = another_administrator()
    pairs = [(ada, other), (other, ada)]
    proofs = [
        confirmed(by, role_revoke_operation(user=loser, role=Role.ADMINISTRATOR)) for by, loser in pairs
    ]

    def act(loser: User, index: int) -> str:
        try:
            role_revoke(user=loser, role=Role.ADMINISTRATOR, authority=proofs[index])
        except AccountsError as error:
            return error.code
        return "done"

    results = at_once([partial(act, loser, index) for index, (_, loser) in enumerate(pairs)])
    assert results.count("done") == 1
    assert User.objects.filter(groups__name=Role.ADMINISTRATOR.value, is_active=True).count() == 1
