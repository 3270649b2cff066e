"""Roles that come from groups at the identity provider: given and taken at each sign-in, all on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group

from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.roles import Role
from accounts.domain.single_sign_on import role_changes, roles_of_groups
from accounts.models import Identity, IdentityRole
from accounts.selectors.policy import policy_current
from accounts.services.bootstrap import bootstrap_look
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record


def identity_roles_follow(*, identity: Identity, claims: Mapping[str, Any], now: datetime) -> None:
    """Give the roles of the groups that the provider names now; take back those of groups that it doesn't.

    Inside the caller's transaction. A role that was given by hand stays, in a group or not. Without
    OIDC_ROLE_GROUPS nothing comes from groups, and what came from them before is taken back.

    Args:
        identity: Whose.
        claims: Verified; a groups claim that is missing names no group.
        now: When.
    """
    held = frozenset(
        Role(name) for name in identity.user.groups.filter(name__in=list(Role)).values_list("name", flat=True)
    )
    from_groups = frozenset(Role(each.role) for each in identity.group_roles.all())
    mapped = roles_of_groups(claims.get(settings.OIDC_GROUPS_CLAIM), settings.OIDC_ROLE_GROUPS)
    changes = role_changes(mapped=mapped, held=held, from_groups=from_groups)
    for role in sorted(changes.granted):
        if _may_come_from_a_group(role, held):
            _grant(identity, role, now)
    for role in sorted(changes.revoked):
        _revoke(identity, role, now)


def _may_come_from_a_group(role: Role, held: frozenset[Role]) -> bool:
    """Say whether a provider's word is enough: not where two people decide, nor for external auditors."""
    if Role.EXTERNAL_AUDITOR in {role, *held}:
        return False
    return role is not Role.KEY_CUSTODIAN or CUSTODIAN_APPOINT not in policy_current().two_people


def _grant(identity: Identity, role: Role, now: datetime) -> None:
    identity.user.groups.add(Group.objects.get(name=role.value))
    # It may be on record already: somebody took the role away by hand, and the group gives it again.
    IdentityRole.objects.get_or_create(identity=identity, role=role.value)
    _record(Action.ROLE_GRANTED, identity, role, now)
    bootstrap_look(now=now)


def _revoke(identity: Identity, role: Role, now: datetime) -> None:
    identity.user.groups.remove(Group.objects.get(name=role.value))
    identity.group_roles.filter(role=role.value).delete()
    _record(Action.ROLE_REVOKED, identity, role, now)


def _record(action: Action, identity: Identity, role: Role, now: datetime) -> None:
    audit_record(
        action=action,
        actor=SYSTEM,
        now=now,
        subject=("person", str(identity.user_id)),
        detail={"role": role.value, "why": "groups at the identity provider", "identity": identity.pk},
    )
