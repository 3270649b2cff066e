"""One administrator alone becomes no custodian, whatever way they try."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group

from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission, Role
from accounts.errors import ApprovalRequiredError, RoleRefusedError
from accounts.models import ConsolePolicy, SetupLink, TwoPersonRule, User
from accounts.selectors.policy import policy_current
from accounts.services.activity import (
    deactivate_operation,
    person_deactivate,
    person_reactivate,
    reactivate_operation,
)
from accounts.services.bootstrap import bootstrap_look
from accounts.services.invites import invite_operation, person_invite
from accounts.services.people import person_create
from accounts.services.policy import policy_begin
from accounts.services.roles import role_grant, role_grant_operation, role_revoke, role_revoke_operation
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.support.confirming import confirmed
from tests.support.people import PASSWORD, person


@pytest.fixture
def team(ada: User) -> User:
    """Ada, who set up a console of the preset team."""
    now = clock.now()
    policy_begin(preset=Preset.TEAM, actor=SYSTEM, now=now)
    SetupLink.objects.create(token_sha256="0" * 64, expires_at=now, used_at=now, used_by=ada)
    User.objects.filter(pk=ada.pk).update(last_login=now)
    return ada


def appoint(by: User, whom: User) -> User:
    operation = role_grant_operation(user=whom, role=Role.KEY_CUSTODIAN)
    return role_grant(user=whom, role=Role.KEY_CUSTODIAN, authority=confirmed(by, operation))


def is_custodian(user: User) -> bool:
    return User.objects.get(pk=user.pk).may(Permission.KEY_OPERATE)


def test_no_invite_carries_the_role(team: User) -> None:
    asked = {"email": "puppet@example.com", "name": "Puppet", "roles": frozenset({Role.KEY_CUSTODIAN})}
    step_up = confirmed(team, invite_operation(**asked))  # type: ignore[arg-type]  # as the page passes them
    with pytest.raises(RoleRefusedError):
        person_invite(**asked, step_up=step_up)  # type: ignore[arg-type]  # the same
    assert not User.objects.filter(email="puppet@example.com").exists()


def test_nobody_becomes_one_before_they_have_come_in(team: User) -> None:
    puppet = person_create(email="p@example.com", name="P", password=None, roles=(), actor=team.actor)
    with pytest.raises(RoleRefusedError, match="an authenticator of their own"):
        appoint(team, puppet)


def _by_appointment(team: User) -> None:
    appoint(team, person("olaf"))
    appoint(team, person("rita"))


def _by_account(team: User) -> None:
    for name in ("one", "two"):
        roles = {Role.KEY_CUSTODIAN}
        person_create(
            email=f"{name}@example.com", name=name, password=PASSWORD, roles=roles, actor=team.actor
        )


@pytest.mark.parametrize("become", [_by_appointment, _by_account])
def test_the_beginning_ends_however_there_came_to_be_two(become: Callable[[User], None], team: User) -> None:
    become(team)
    assert ConsolePolicy.objects.get().bootstrap_ended_at is not None
    for custodian in User.objects.filter(groups__name=Role.KEY_CUSTODIAN.value):
        operation = role_revoke_operation(user=custodian, role=Role.KEY_CUSTODIAN)
        role_revoke(user=custodian, role=Role.KEY_CUSTODIAN, authority=confirmed(team, operation))
    with pytest.raises(ApprovalRequiredError):
        appoint(team, person("audra"))


def test_who_comes_back_has_to_be_appointed_anew(team: User, kai: User) -> None:
    person_deactivate(person=kai, step_up=confirmed(team, deactivate_operation(kai)))
    kai.refresh_from_db()
    person_reactivate(person=kai, step_up=confirmed(team, reactivate_operation(kai)))
    assert User.objects.get(pk=kai.pk).is_active
    assert not is_custodian(kai)


def test_where_one_may_appoint_who_comes_back_is_what_they_were(team: User, kai: User) -> None:
    TwoPersonRule.objects.filter(operation=CUSTODIAN_APPOINT).delete()
    person_deactivate(person=kai, step_up=confirmed(team, deactivate_operation(kai)))
    kai.refresh_from_db()
    person_reactivate(person=kai, step_up=confirmed(team, reactivate_operation(kai)))
    assert is_custodian(kai)


def test_shutting_the_other_one_out_leaves_the_policy_to_nobody_alone(ada: User, kai: User) -> None:
    now = clock.now()
    policy_begin(preset=Preset.SOLO, actor=SYSTEM, now=now)
    ada.groups.add(Group.objects.get(name=Role.KEY_CUSTODIAN.value))
    assert "accounts:policy:weaken" in policy_current().two_people  # kai could agree
    bootstrap_look(now=now)
    User.objects.filter(pk=kai.pk).update(is_active=False)
    assert "accounts:policy:weaken" in policy_current().two_people
