"""The groups of the database hold what the table of roles says."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection

from accounts.domain.roles import ROLE_PERMISSIONS, TOKEN_PERMISSIONS, Permission, Role

ABOUT_TOKENS = {Permission.TOKEN_VERIFY, Permission.TOKEN_ISSUE}
migration = import_module("accounts.migrations.0003_token_permissions")
grants_migration = import_module("accounts.migrations.0006_grants")


def held() -> dict[Role, set[str]]:
    return {
        Role(group.name): set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }


def test_each_role_holds_what_the_table_grants(db: None) -> None:
    assert held() == ROLE_PERMISSIONS


def test_somebody_who_makes_tokens_can_pass_on_all_that_tokens_may_carry() -> None:
    granted = [kept for kept in ROLE_PERMISSIONS.values() if Permission.API_TOKEN_MANAGE in kept]
    assert any(kept >= TOKEN_PERMISSIONS for kept in granted)


@pytest.mark.parametrize("times", [1, 2])
def test_a_console_from_before_gets_the_permissions_about_tokens(db: None, times: int) -> None:
    editor = connection.schema_editor()
    migration.withdraw(apps, editor)
    assert not any(kept & ABOUT_TOKENS for kept in held().values())
    for _ in range(times):
        migration.grant(apps, editor)
    assert held() == ROLE_PERMISSIONS


@pytest.mark.parametrize("times", [1, 2])
def test_a_console_from_before_gets_external_auditors_and_the_permission_to_see_access(
    db: None, times: int
) -> None:
    editor = connection.schema_editor()
    grants_migration.withdraw(apps, editor)
    assert Role.EXTERNAL_AUDITOR not in held()
    assert not any(Permission.ACCESS_VIEW in kept for kept in held().values())
    for _ in range(times):
        grants_migration.grant(apps, editor)
    assert held() == ROLE_PERMISSIONS
