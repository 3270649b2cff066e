"""Groups at the provider give roles and take them back; what was given by hand stays."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from accounts.domain.roles import Role
from accounts.models import Identity
from compliance.ledger.domain.events import Action, ActorKind
from tests.support.oidc_provider import Provider
from tests.support.shipping import recorded
from tests.support.single_sign_on import TWO_FACTORS, sign_in


@pytest.fixture
def mapped(provider: Provider, settings: Settings) -> Provider:
    settings.OIDC_ROLE_GROUPS = {"qa": Role.APPROVER, "audit": Role.AUDITOR, "ship": Role.RELEASE_MANAGER}
    return provider


def roles_of(identity: Identity) -> set[str]:
    return set(identity.user.groups.values_list("name", flat=True))


def come_with(provider: Provider, groups: object) -> None:
    provider.sign_in_as("rita-there", acr=TWO_FACTORS, groups=groups)
    sign_in(provider, Client())


def test_groups_give_roles_on_record(linked: Identity, mapped: Provider) -> None:
    before = len(recorded(Action.ROLE_GRANTED))
    come_with(mapped, ["qa", "canteen"])
    assert roles_of(linked) == {"release_manager", "approver"}
    (event,) = recorded(Action.ROLE_GRANTED)[before:]
    assert event.actor_kind == ActorKind.SYSTEM
    assert event.detail == {
        "role": "approver",
        "why": "groups at the identity provider",
        "identity": linked.pk,
    }


def test_a_group_that_is_left_takes_its_role_along(linked: Identity, mapped: Provider) -> None:
    come_with(mapped, ["qa", "audit"])
    come_with(mapped, ["audit"])
    assert roles_of(linked) == {"release_manager", "auditor"}
    assert [event.detail["role"] for event in recorded(Action.ROLE_REVOKED)] == ["approver"]


@pytest.mark.parametrize("groups", [None, "qa", {"qa": True}, [["qa"]], ["QA"]])
def test_a_claim_that_names_no_group_takes_all_roles_of_groups(
    linked: Identity, mapped: Provider, groups: object
) -> None:
    come_with(mapped, ["qa"])
    come_with(mapped, groups)
    assert roles_of(linked) == {"release_manager"}


def test_a_role_given_by_hand_stays_when_its_group_comes_and_goes(linked: Identity, mapped: Provider) -> None:
    come_with(mapped, ["ship"])
    come_with(mapped, [])
    assert roles_of(linked) == {"release_manager"}
    assert not recorded(Action.ROLE_REVOKED)


def test_without_a_mapping_what_came_from_groups_goes(
    linked: Identity, mapped: Provider, settings: Settings
) -> None:
    come_with(mapped, ["qa"])
    settings.OIDC_ROLE_GROUPS = {}
    come_with(mapped, ["qa"])
    assert roles_of(linked) == {"release_manager"}


def test_a_role_taken_by_hand_comes_back_with_its_group(linked: Identity, mapped: Provider) -> None:
    come_with(mapped, ["qa"])
    linked.user.groups.remove(Group.objects.get(name="approver"))
    come_with(mapped, ["qa"])
    assert "approver" in roles_of(linked)


def test_a_second_sign_in_changes_nothing(linked: Identity, mapped: Provider) -> None:
    come_with(mapped, ["qa"])
    before = len(recorded(Action.ROLE_GRANTED))
    come_with(mapped, ["qa"])
    assert len(recorded(Action.ROLE_GRANTED)) == before
