"""One's own link to the provider: made and removed with both factors anew, and told by letter."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.domain.roles import Role
from accounts.models import Identity, Letter, User
from compliance.ledger.domain.events import Action
from tests.support.oidc_provider import Provider
from tests.support.people import PASSWORD, code_of, signed_in
from tests.support.shipping import recorded
from tests.support.single_sign_on import TWO_FACTORS, come_back, leave_address, refusal, sign_in, way_there

PAGE = "/console/me/single-sign-on/"
UNKNOWN = "No account here belongs to that one."


def confirm(client: Client, user: User, **changed: str) -> Any:
    shown = client.get(PAGE).content.decode()
    digest = re.findall(r'name="digest" value="([0-9a-f]{64})"', shown)[0]
    return client.post(PAGE, {"password": PASSWORD, "code": code_of(user), "digest": digest, **changed})


def link(provider: Provider, client: Client, user: User) -> Any:
    return come_back(client, way_there(provider, leave_address(confirm(client, user))))


def test_both_factors_here_and_a_sign_in_there_make_a_link(rita: User, provider: Provider) -> None:
    client = signed_in(rita)
    provider.sign_in_as("rita-there", email="somebody@else.example", email_verified=False)
    assert link(provider, client, rita).headers["Location"] == PAGE
    identity = Identity.objects.get()
    assert (identity.user, identity.subject, identity.email) == (rita, "rita-there", "")
    assert b"You can sign in with Example ID now." in client.get(PAGE).content
    (event,) = recorded(Action.IDENTITY_LINKED)
    assert (event.actor_id, event.detail["how"]) == (str(rita.pk), "signed in")
    assert Letter.objects.get().subject == "You can sign in with Example ID now"


def test_the_provider_is_asked_to_have_them_prove_themselves_anew(rita: User, provider: Provider) -> None:
    client = signed_in(rita)
    address = leave_address(confirm(client, rita))
    assert "prompt=login" in address
    assert "max_age=300" in address


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"password": "another one entirely"}, id="password"),
        pytest.param({"code": "000000"}, id="code"),
        pytest.param({"digest": "0" * 64}, id="another-operation"),
    ],
)
def test_without_both_factors_nobody_leaves(rita: User, provider: Provider, changed: dict[str, str]) -> None:
    client = signed_in(rita)
    answer = confirm(client, rita, **changed)
    assert b"http-equiv" not in answer.content
    assert b'role="alert"' in answer.content
    assert come_back(client, {"state": "x", "code": "y"}).status_code == 403


def test_a_link_is_made_by_who_asked_for_it_only(rita: User, ansel: User, provider: Provider) -> None:
    client = signed_in(rita)
    provider.sign_in_as("rita-there")
    answer = way_there(provider, leave_address(confirm(client, rita)))
    session = client.session
    journey = session["single_sign_on"]
    other = signed_in(ansel)
    theirs = other.session
    theirs["single_sign_on"] = journey
    theirs.save()
    assert "You couldn't be signed in this way." in refusal(other, come_back(other, answer))
    assert not Identity.objects.exists()


def test_a_sign_in_of_somebody_else_is_no_link(rita: User, provider: Provider) -> None:
    """An answer to "sign me in" doesn't link, whoever is signed in meanwhile."""
    client = signed_in(rita)
    provider.sign_in_as("mallory-there", acr=TWO_FACTORS)
    assert UNKNOWN in refusal(client, sign_in(provider, client))
    assert not Identity.objects.exists()


def test_an_account_there_belongs_to_one_person_here(
    ansel: User, linked: Identity, provider: Provider
) -> None:
    client = signed_in(ansel)
    provider.sign_in_as("rita-there")
    answer = link(provider, client, ansel)
    assert answer.headers["Location"] == PAGE
    assert "is linked already" in refusal(client, answer)


def test_a_link_is_removed_with_the_roles_that_came_with_it(
    linked: Identity, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_ROLE_GROUPS = {"qa": Role.APPROVER}
    provider.sign_in_as("rita-there", groups=["qa"])
    sign_in(provider, Client())
    assert linked.user.groups.filter(name="approver").exists()
    client = signed_in(linked.user)
    assert confirm(client, linked.user).headers["Location"] == PAGE
    assert not Identity.objects.exists()
    assert not linked.user.groups.filter(name="approver").exists()
    assert len(recorded(Action.IDENTITY_UNLINKED)) == 1
    assert Letter.objects.get().subject == "You can't sign in with Example ID any more"
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    visitor = Client()
    assert UNKNOWN in refusal(visitor, sign_in(provider, visitor))


def test_the_only_way_in_stays(linked: Identity, provider: Provider) -> None:
    linked.user.set_unusable_password()
    linked.user.save()
    assert b"This is your only way in." in signed_in(linked.user).get(PAGE).content


def test_without_a_provider_there_is_no_page(rita: User) -> None:
    assert signed_in(rita).get(PAGE).status_code == 404


def test_a_stranger_is_sent_to_sign_in(provider: Provider, client: Client, db: None) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/console/login/")
