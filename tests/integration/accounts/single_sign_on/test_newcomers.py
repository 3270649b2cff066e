"""Who comes from the provider for the first time: invited before, made just in time, or refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.domain.roles import Role
from accounts.models import Identity, PersonLink, User
from accounts.services.links import link_issue
from accounts.services.people import person_create
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.oidc_provider import Provider
from tests.support.people import PASSWORD
from tests.support.shipping import recorded
from tests.support.single_sign_on import TWO_FACTORS, is_inside, refusal, sign_in

UNKNOWN = "No account here belongs to that one."


def invited(email: str, role: Role = Role.AUDITOR) -> User:
    """Somebody whom an administrator entered, and who has never been in."""
    person = person_create(email=email, name="Nora", password=None, roles={role}, actor=None)
    link_issue(person=person, purpose=PersonLink.Purpose.INVITE)
    return person


@pytest.fixture
def nora(db: None) -> User:
    return invited("nora@example.com")


def test_who_was_invited_is_linked_once_by_a_verified_address(
    nora: User, provider: Provider, client: Client
) -> None:
    provider.sign_in_as("n-1", acr=TWO_FACTORS, email="Nora@Example.com")
    sign_in(provider, client)
    assert is_inside(client)
    identity = Identity.objects.get()
    assert (identity.user, identity.subject) == (nora, "n-1")
    (event,) = recorded(Action.IDENTITY_LINKED)
    assert event.detail["how"] == "invited"
    assert not PersonLink.objects.filter(ended_at=None).exists()  # the invite's own link is worth nothing now
    provider.sign_in_as("n-2", acr=TWO_FACTORS, email="nora@example.com")
    visitor = Client()
    assert UNKNOWN in refusal(visitor, sign_in(provider, visitor))


def _has_been_in(nora: User) -> None:
    User.objects.filter(pk=nora.pk).update(last_login=clock.now())


def _has_a_password(nora: User) -> None:
    nora.set_password(PASSWORD)
    nora.save()


def _is_deactivated(nora: User) -> None:
    User.objects.filter(pk=nora.pk).update(is_active=False)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(_has_been_in, id="has-been-in"),
        pytest.param(_has_a_password, id="has-a-password"),
        pytest.param(_is_deactivated, id="deactivated"),
    ],
)
def test_an_account_that_is_in_use_is_not_linked_by_its_address(
    nora: User, provider: Provider, client: Client, before: Callable[[User], None]
) -> None:
    before(nora)
    provider.sign_in_as("n-1", acr=TWO_FACTORS, email="nora@example.com")
    assert UNKNOWN in refusal(client, sign_in(provider, client))
    assert not Identity.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.KEY_CUSTODIAN])
def test_a_privileged_invitation_is_not_linked_by_its_address(
    provider: Provider, client: Client, db: None, role: Role
) -> None:
    invited("pia@example.com", role)
    provider.sign_in_as("pia", acr=TWO_FACTORS)
    assert UNKNOWN in refusal(client, sign_in(provider, client))
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"email_verified": False}, id="unverified"),
        pytest.param({"email_verified": None}, id="unknown"),
        pytest.param({"email_verified": "true"}, id="a-string"),
        pytest.param({"email_verified": 1}, id="a-number"),
    ],
)
def test_an_address_that_is_not_verified_links_nobody(
    nora: User, provider: Provider, client: Client, claims: dict[str, Any]
) -> None:
    provider.sign_in_as("n-1", acr=TWO_FACTORS, email="nora@example.com", **claims)
    assert UNKNOWN in refusal(client, sign_in(provider, client))
    assert not Identity.objects.exists()


def test_an_address_that_looks_like_noras_links_nobody(provider: Provider, client: Client, db: None) -> None:
    invited("nina@example.com")
    provider.sign_in_as("n-1", acr=TWO_FACTORS, email="n\u0131na@example.com")
    assert UNKNOWN in refusal(client, sign_in(provider, client))
    assert not Identity.objects.exists()


def test_an_address_of_another_domain_links_nobody(
    nora: User, provider: Provider, client: Client, settings: Settings
) -> None:
    settings.OIDC_ALLOWED_DOMAINS = ["clinic.example"]
    provider.sign_in_as("n-1", acr=TWO_FACTORS, email="nora@example.com")
    assert UNKNOWN in refusal(client, sign_in(provider, client))


def test_nobody_is_made_unless_that_is_switched_on(provider: Provider, client: Client, db: None) -> None:
    provider.sign_in_as("june", acr=TWO_FACTORS)
    assert UNKNOWN in refusal(client, sign_in(provider, client))
    assert not User.objects.exists()


@pytest.fixture
def just_in_time(provider: Provider, settings: Settings) -> Provider:
    settings.OIDC_JIT, settings.OIDC_ALLOWED_DOMAINS = True, ["example.com"]
    return provider


def test_just_in_time_somebody_is_made_without_a_password_or_a_role(
    just_in_time: Provider, client: Client, ada: User
) -> None:
    just_in_time.sign_in_as("june", acr=TWO_FACTORS, name="June\u0000 Doe")
    sign_in(just_in_time, client)
    june = User.objects.exclude(pk=ada.pk).get()
    assert (june.email, june.name, june.has_usable_password()) == ("june@example.com", "June Doe", False)
    assert not june.groups.exists()
    assert [event.detail["how"] for event in recorded(Action.IDENTITY_LINKED)] == ["just in time"]
    assert len(recorded(Action.PERSON_CREATED)) == 2  # Ada too


def test_nobody_is_made_before_the_console_is_set_up(
    just_in_time: Provider, client: Client, db: None
) -> None:
    just_in_time.sign_in_as("june", acr=TWO_FACTORS)
    assert UNKNOWN in refusal(client, sign_in(just_in_time, client))
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"email": "june@sub.example.com"}, id="subdomain"),
        pytest.param({"email": "june@example.com.evil.example"}, id="longer-domain"),
        pytest.param({"email": "june"}, id="no-domain"),
        pytest.param({"email_verified": False}, id="unverified"),
    ],
)
def test_just_in_time_is_for_verified_addresses_of_allowed_domains(
    just_in_time: Provider, client: Client, db: None, claims: dict[str, Any]
) -> None:
    just_in_time.sign_in_as("june", acr=TWO_FACTORS, **claims)
    assert UNKNOWN in refusal(client, sign_in(just_in_time, client))
    assert not User.objects.exists()


def test_just_in_time_takes_nobodys_account(rita: User, just_in_time: Provider, client: Client) -> None:
    just_in_time.sign_in_as("not-rita", acr=TWO_FACTORS, email="RITA@example.com")
    assert UNKNOWN in refusal(client, sign_in(just_in_time, client))
    assert not Identity.objects.exists()
