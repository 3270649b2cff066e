"""The first sign-in ends with an authenticator, or nowhere."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.errors import EnrolmentRefusedError
from accounts.models import Letter, TOTPAuthenticator, User
from accounts.services.sign_in import first_authenticator_enrol
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.operator import totp
from tests.support.people import SEED, code_of, signs_in
from tests.support.shipping import recorded

ENROL, SECOND = "/console/login/enrol/", "/console/login/second/"


@pytest.fixture
def newcomer(rita: User, client: Client) -> Client:
    """Rita, who has a password, no authenticator yet, and has just typed the password."""
    rita.totp_authenticators.all().delete()
    signs_in(client)
    return client


def secret_shown(client: Client) -> str:
    found = re.search(r'data-testid="totp-secret"[^>]*>([A-Z2-7]+)<', client.get(ENROL).content.decode())
    assert found is not None
    return found[1]


def test_who_has_none_is_led_to_the_enrolment_and_nowhere_else(newcomer: Client) -> None:
    assert newcomer.get(SECOND).headers["Location"] == ENROL
    assert newcomer.get("/console/").status_code == 302


def test_a_code_of_the_seed_shown_signs_in_and_is_used_up(newcomer: Client, rita: User) -> None:
    code = totp(secret_shown(newcomer))
    assert newcomer.post(ENROL, {"code": code}).headers["Location"] == "/console/"
    assert newcomer.get("/console/").status_code == 200
    assert rita.totp_authenticators.count() == 1
    assert recorded(Action.AUTHENTICATOR_ADDED)[-1].actor_id == str(rita.pk)
    assert Letter.objects.get(person=rita).subject == "Your authenticator is set up"
    second = Client()
    signs_in(second, code=code)
    assert second.get("/console/").status_code == 302


def test_a_wrong_code_leaves_nothing_behind_and_the_seed_stays(newcomer: Client) -> None:
    secret = secret_shown(newcomer)
    assert b"The code didn&#x27;t match." in newcomer.post(ENROL, {"code": "000000"}).content
    assert not TOTPAuthenticator.objects.exists()
    assert secret_shown(newcomer) == secret


def test_the_pending_seed_rests_sealed_and_each_browser_has_its_own(newcomer: Client) -> None:
    secret = secret_shown(newcomer)
    assert Session.objects.get().get_decoded()["enrol_totp_seed"].startswith("v1.")
    other = Client()
    signs_in(other)
    assert secret_shown(other) != secret


def test_who_has_an_authenticator_cannot_add_one_on_a_password(rita: User, client: Client) -> None:
    client.post(
        "/console/login/", {"email": "rita@example.com", "password": "a long passphrase for tests only"}
    )
    assert client.get(ENROL).headers["Location"] == SECOND
    assert client.post(ENROL, {"code": code_of(rita)}).headers["Location"] == SECOND
    assert rita.totp_authenticators.count() == 1


def test_an_authenticator_bound_meanwhile_ends_the_enrolment(newcomer: Client, rita: User) -> None:
    code = totp(secret_shown(newcomer))
    other = Client()
    signs_in(other)
    other.post(ENROL, {"code": totp(secret_shown(other))})
    assert newcomer.post(ENROL, {"code": code}).headers["Location"] == SECOND
    assert rita.totp_authenticators.count() == 1


def test_who_has_one_is_bound_to_no_other_whatever_page_asks(rita: User) -> None:
    with pytest.raises(EnrolmentRefusedError):
        first_authenticator_enrol(user=rita, seed=SEED, code=code_of(rita))
    assert rita.totp_authenticators.count() == 1


def test_who_had_one_and_lost_it_gets_no_other_on_a_password(rita: User, client: Client) -> None:
    User.objects.filter(pk=rita.pk).update(last_login=clock.now())
    rita.totp_authenticators.all().delete()
    client.post(
        "/console/login/", {"email": "rita@example.com", "password": "a long passphrase for tests only"}
    )
    assert client.get(ENROL).headers["Location"] == SECOND


@pytest.mark.django_db
@pytest.mark.parametrize("address", [ENROL, SECOND])
def test_nobody_gets_to_the_second_page_past_the_first(client: Client, address: str) -> None:
    assert client.get(address).headers["Location"] == "/console/login/"
    assert client.post(address, {"code": "000000"}).headers["Location"] == "/console/login/"
