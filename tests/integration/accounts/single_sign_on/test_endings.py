"""Access ends when the provider says so, and not when it says nothing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from accounts.domain.roles import Role
from accounts.models import ConsoleSession, Identity, Letter, LogoutNotice, User
from accounts.tasks import identities_check
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.support.people import PASSWORD, code_of, signed_in
from tests.support.shipping import recorded
from tests.support.single_sign_on import TWO_FACTORS, is_inside, sign_in

LOGOUT = "/console/sso/logout/"
EVENTS: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}


@pytest.fixture
def rita_inside(linked: Identity, provider: Provider, client: Client) -> Client:
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    sign_in(provider, client)
    assert is_inside(client)
    return client


def sid_of(identity: Identity) -> str:
    return identity.provider_sessions.get().sid


def told(token: str) -> Any:
    """What the provider's own request, without a browser, is answered."""
    return Client(enforce_csrf_checks=True).post(LOGOUT, {"logout_token": token})


def test_a_logout_at_the_provider_ends_the_session_here(
    rita_inside: Client, linked: Identity, provider: Provider
) -> None:
    answer = told(provider.logout_token("rita-there", sid_of(linked)))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert not is_inside(rita_inside)
    assert [event.detail["why"] for event in recorded(Action.SESSION_ENDED)] == ["ended_by_provider"]


def logout_claims(provider: Provider, identity: Identity, **changed: Any) -> dict[str, Any]:
    now = int(clock.epoch_seconds())
    claims = {
        "iss": provider.issuer,
        "aud": CLIENT_ID,
        "exp": now + 120,
        "jti": "a-jti",
        "events": EVENTS,
        "sub": identity.subject,
    }
    return {name: value for name, value in {**claims, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    "changed",
    [pytest.param({}, id="subject-only"), pytest.param({"sub": None, "sid": "its-own"}, id="session-only")],
)
def test_a_token_may_name_the_subject_or_the_session(
    rita_inside: Client, linked: Identity, provider: Provider, changed: dict[str, Any]
) -> None:
    if "sid" in changed:
        changed = {**changed, "sid": sid_of(linked)}
    token = provider.signed(logout_claims(provider, linked, **changed), typ="logout+jwt")
    assert told(token).status_code == 200
    assert not is_inside(rita_inside)


def _forged_logouts() -> list[Any]:
    now = int(clock.epoch_seconds())
    return [
        pytest.param({"events": None}, {}, id="no-events"),
        pytest.param({"events": {"another": {}}}, {}, id="another-event"),
        pytest.param({"events": []}, {}, id="events-a-list"),
        pytest.param({"nonce": "n"}, {}, id="nonce"),
        pytest.param({"sub": None}, {}, id="names-nobody"),
        pytest.param({"jti": None}, {}, id="no-jti"),
        pytest.param({"aud": "another"}, {}, id="wrong-aud"),
        pytest.param({"iss": "https://other.example"}, {}, id="wrong-iss"),
        pytest.param({"iat": now - 7200, "exp": now - 7000}, {}, id="expired"),
        pytest.param({}, {"stranger": True}, id="signed-by-a-stranger"),
        pytest.param({}, {"alg": "none"}, id="alg-none"),
        pytest.param({}, {"alg": "HS256", "secret": CLIENT_SECRET}, id="hs256-client-secret"),
        pytest.param({}, {"typ": "at+jwt"}, id="an-access-token"),
    ]


@pytest.mark.parametrize(("changed", "how"), _forged_logouts())
def test_a_forged_logout_ends_nothing(
    rita_inside: Client,
    linked: Identity,
    provider: Provider,
    changed: dict[str, Any],
    how: dict[str, Any],
) -> None:
    token = provider.signed(logout_claims(provider, linked, **changed), **{"typ": "logout+jwt", **how})
    assert told(token).status_code == 400
    assert is_inside(rita_inside)
    assert not LogoutNotice.objects.exists()


def test_a_replayed_logout_ends_nothing(rita_inside: Client, linked: Identity, provider: Provider) -> None:
    token = provider.logout_token("rita-there", sid_of(linked))
    told(token)
    sign_in(provider, rita_inside)
    assert told(token).status_code == 400
    assert is_inside(rita_inside)


def test_a_logout_of_somebody_unknown_is_taken(
    rita_inside: Client, linked: Identity, provider: Provider
) -> None:
    token = provider.signed(logout_claims(provider, linked, sub="nobody"), typ="logout+jwt")
    assert told(token).status_code == 200
    assert is_inside(rita_inside)


@pytest.mark.parametrize("body", [{}, {"logout_token": ""}, {"logout_token": "no.token"}])
def test_what_is_no_logout_token_is_refused(provider: Provider, db: None, body: dict[str, str]) -> None:
    assert Client().post(LOGOUT, body).status_code == 400


def tomorrow() -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(hours=24, minutes=1), tick=True)


def test_whom_the_provider_still_knows_stays(
    rita_inside: Client, linked: Identity, provider: Provider
) -> None:
    before = Identity.objects.get().sealed_refresh_token
    with tomorrow():
        identities_check()
    after = Identity.objects.get()
    assert after.vouched_at > linked.vouched_at + timedelta(hours=24)
    assert (
        after.sealed_refresh_token != before
    )  # the provider gave a new one, and the old one is worth nothing
    with time_machine.travel(clock.now() + timedelta(hours=49), tick=True):
        identities_check()
    assert Identity.objects.get().vouched_at > after.vouched_at


def test_nobody_is_asked_about_twice_a_day(rita_inside: Client, provider: Provider) -> None:
    provider.order("set", accounts={})
    with time_machine.travel(clock.now() + timedelta(hours=23), tick=True):
        identities_check()
    assert Identity.objects.get().gone_at is None


def test_whom_the_provider_does_not_know_any_more_loses_access(
    rita_inside: Client, linked: Identity, ada: User, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_ROLE_GROUPS = {"qa": Role.APPROVER}
    provider.sign_in_as("rita-there", acr=TWO_FACTORS, groups=["qa"])
    sign_in(provider, rita_inside)
    own = signed_in(linked.user)
    provider.order("set", accounts={})
    with tomorrow():
        identities_check()
    assert not is_inside(rita_inside)
    assert not is_inside(own)
    assert not ConsoleSession.objects.filter(user=linked.user, ended_at=None).exists()
    linked.refresh_from_db()
    assert linked.gone_at
    assert not linked.sealed_refresh_token
    assert set(linked.user.groups.values_list("name", flat=True)) == {"release_manager"}
    (event,) = recorded(Action.PERSON_DEPROVISIONED)
    assert event.detail == {"identity": linked.pk, "deactivated": False}
    letter = Letter.objects.get()
    assert letter.person == ada
    assert letter.subject == "Example ID doesn't know Rita any more"
    assert "They have a password of their own" in letter.body
    with time_machine.travel(clock.now() + timedelta(hours=49), tick=True):
        identities_check()
    assert len(recorded(Action.PERSON_DEPROVISIONED)) == 1


def test_who_has_no_other_way_in_is_deactivated(
    rita_inside: Client, linked: Identity, ada: User, provider: Provider
) -> None:
    User.objects.filter(pk=ada.pk).update(last_login=clock.now())
    linked.user.set_unusable_password()
    linked.user.save()
    provider.order("set", accounts={})
    with tomorrow():
        identities_check()
    assert not User.objects.get(pk=linked.user_id).is_active
    assert recorded(Action.PERSON_DEPROVISIONED)[0].detail["deactivated"] is True
    assert "are deactivated" in Letter.objects.get().body


def test_the_last_administrator_is_not_deactivated(
    linked: Identity, provider: Provider, client: Client
) -> None:
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    sign_in(provider, client)
    linked.user.groups.add(Group.objects.get(name=Role.ADMINISTRATOR.value))
    linked.user.set_unusable_password()
    linked.user.save()
    provider.order("set", accounts={})
    with tomorrow():
        identities_check()
    assert not is_inside(client)
    assert User.objects.get(pk=linked.user_id).is_active


def test_who_signs_in_by_password_is_asked_about_first(
    rita_inside: Client, linked: Identity, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_ROLE_GROUPS = {"qa": Role.APPROVER}
    provider.sign_in_as("rita-there", acr=TWO_FACTORS, groups=["qa"])
    sign_in(provider, rita_inside)
    provider.order("set", accounts={})
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=True):
        browser = Client()
        browser.post("/console/login/", {"email": "rita@example.com", "password": PASSWORD})
        browser.post("/console/login/second/", {"code": code_of(linked.user)})
        assert is_inside(browser)
    linked.refresh_from_db()
    assert linked.gone_at
    assert not linked.user.groups.filter(name="approver").exists()


@pytest.mark.parametrize("status", [500, 503, 429, 404])
def test_a_provider_that_cannot_be_reached_has_said_nothing(
    rita_inside: Client, linked: Identity, provider: Provider, status: int
) -> None:
    provider.order("set", broken=status)
    with tomorrow():
        identities_check()
    linked.refresh_from_db()
    assert linked.gone_at is None
    assert linked.trouble
    assert not recorded(Action.PERSON_DEPROVISIONED)
    provider.order("set", broken=0)
    with time_machine.travel(clock.now() + timedelta(hours=25, minutes=2), tick=True):
        identities_check()
    linked.refresh_from_db()
    assert not linked.trouble
    assert linked.vouched_at > clock.now() + timedelta(hours=24)


def test_a_console_that_the_provider_refuses_says_nothing_about_people(
    rita_inside: Client, linked: Identity, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_CLIENT_SECRET = "not the one that the provider knows"
    with tomorrow():
        identities_check()
    linked.refresh_from_db()
    assert linked.gone_at is None
    assert linked.trouble == "token endpoint: invalid_client"


def test_the_daily_check_brings_roles_up_to_date(
    rita_inside: Client, linked: Identity, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_ROLE_GROUPS = {"qa": Role.APPROVER}
    provider.sign_in_as("rita-there", acr=TWO_FACTORS, groups=["qa"])
    with tomorrow():
        identities_check()
    assert linked.user.groups.filter(name="approver").exists()


def test_who_comes_back_is_known_again(rita_inside: Client, linked: Identity, provider: Provider) -> None:
    provider.order("set", accounts={})
    with tomorrow():
        identities_check()
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    sign_in(provider, rita_inside)
    assert is_inside(rita_inside)
    linked.refresh_from_db()
    assert linked.gone_at is None
