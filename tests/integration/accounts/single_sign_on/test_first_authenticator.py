"""Who comes by single sign-on alone: their first authenticator, and proving themselves without a password."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.domain.roles import Role
from accounts.models import AuthenticatorRecord, User
from accounts.services.people import person_create, totp_enrol
from releaseconsole.kernel import clock
from tests.support.oidc_provider import Provider
from tests.support.operator import totp
from tests.support.people import SEED, code_of, signed_in
from tests.support.single_sign_on import TWO_FACTORS, sign_in

ADD = "/console/me/authenticators/totp/new/"


@pytest.fixture
def nora(db: None) -> User:
    """Invited, without a password, and in by the provider only."""
    return person_create(
        email="nora@example.com", name="Nora", password=None, roles={Role.AUDITOR}, actor=None
    )


@pytest.fixture
def inside(nora: User, provider: Provider, client: Client) -> Client:
    provider.sign_in_as("n-1", acr=TWO_FACTORS, email="nora@example.com")
    sign_in(provider, client)
    return client


def add(client: Client, **more: str) -> Any:
    secret = re.search(r'data-testid="totp-secret"[^>]*>([A-Z2-7]+)<', client.get(ADD).text)
    assert secret is not None
    return client.post(ADD, {"name": "Telephone", "new_code": totp(secret[1]), **more})


def test_the_first_one_rests_on_the_word_of_the_provider(inside: Client, nora: User) -> None:
    assert add(inside).headers["Location"] == "/console/me/"
    assert nora.totp_authenticators.get().name == "Telephone"
    record = AuthenticatorRecord.objects.get(authenticator=nora.totp_authenticators.get().persistent_id)
    assert record.facts["proved_by"] == "identity_provider"


def test_the_word_is_good_for_a_quarter_of_an_hour(inside: Client, nora: User) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert "Sign in at your identity provider again" in add(inside).text
    assert not nora.totp_authenticators.exists()


def test_the_second_one_takes_the_first(inside: Client, nora: User) -> None:
    add(inside)
    assert add(inside).status_code == 200
    assert nora.totp_authenticators.count() == 1


def test_a_session_that_the_provider_did_not_open_is_no_proof(nora: User, provider: Provider) -> None:
    totp_enrol(user=nora, seed=SEED, name="Authenticator app", actor=nora.actor)
    client = signed_in(nora)
    digest = re.search(r'name="digest" value="(\w{64})"', client.get(ADD).text)
    assert digest is not None
    answer = add(client, code=code_of(nora), digest=digest[1])
    assert "Sign in at your identity provider again" in answer.text


def test_there_is_no_password_to_change(inside: Client) -> None:
    assert inside.get("/console/me/password/").headers["Location"] == "/console/me/"
