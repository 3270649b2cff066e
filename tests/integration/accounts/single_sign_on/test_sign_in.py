"""Signing in at a real OpenID provider: known by issuer and subject, credited for what it says alone."""

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from pytest_django import Settings

from accounts.domain.assurance import AAL, AuthenticatorKind
from accounts.models import ConsolePolicy, ConsoleSession, Identity, User
from accounts.services.rewrap import refresh_tokens
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.sealed_holders import sealed_holders
from tests.support.oidc_provider import Provider
from tests.support.people import code_of
from tests.support.shipping import recorded
from tests.support.single_sign_on import TWO_FACTORS, is_inside, refusal, sign_in


def test_a_provider_that_saw_two_factors_opens_a_session(
    linked: Identity, provider: Provider, client: Client
) -> None:
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    assert sign_in(provider, client, "/console/apps/").headers["Location"] == "/console/apps/"
    assert is_inside(client)
    assert client.session[DEVICE_ID_SESSION_KEY] == linked.persistent_id
    session = ConsoleSession.objects.get(user=linked.user)
    assert (session.kind, session.aal) == (AuthenticatorKind.IDENTITY_PROVIDER, AAL.TWO)
    (event,) = recorded(Action.SIGNED_IN)
    assert event.actor_id == str(linked.user_id)
    assert event.detail == {"authenticator": linked.pk, "kind": "identity_provider"}


@pytest.mark.parametrize(
    ("acr", "amr"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("urn:example:one", None, id="another-acr"),
        pytest.param(None, ["pwd"], id="password-only"),
        pytest.param(None, ["otp"], id="a-code-only"),
    ],
)
def test_without_credit_the_consoles_own_second_factor_is_asked_for(
    linked: Identity, provider: Provider, client: Client, acr: str | None, amr: list[str] | None
) -> None:
    provider.sign_in_as("rita-there", acr=acr, amr=amr)
    answer = sign_in(provider, client)
    assert answer.headers["Location"] == "/console/login/second/"
    assert not is_inside(client)
    assert not recorded(Action.SIGNED_IN)


@pytest.mark.parametrize(
    "amr", [pytest.param(["mfa"], id="mfa"), pytest.param(["pwd", "otp"], id="password-and-code")]
)
def test_methods_that_are_two_factors_open_a_session(
    linked: Identity, provider: Provider, client: Client, amr: list[str]
) -> None:
    provider.sign_in_as("rita-there", amr=amr)
    sign_in(provider, client)
    assert is_inside(client)


def test_no_provider_replaces_a_custodians_security_key(
    kai: User, provider: Provider, client: Client
) -> None:
    ConsolePolicy.objects.create(preset="regulated", chosen_at=clock.now(), custodian_security_key=True)
    now = clock.now()
    Identity.objects.create(
        user=kai, issuer=provider.issuer, subject="kai", linked_at=now, vouched_at=now, asked_at=now
    )
    provider.sign_in_as("kai", acr=TWO_FACTORS, amr=["mfa"])
    assert sign_in(provider, client).headers["Location"] == "/console/login/second/"


def test_nobody_is_found_by_their_address(rita: User, provider: Provider, client: Client) -> None:
    provider.sign_in_as("somebody", acr=TWO_FACTORS, email="rita@example.com")
    assert "No account here belongs to that one." in refusal(client, sign_in(provider, client))
    assert not is_inside(client)
    assert not Identity.objects.exists()


def test_who_is_deactivated_stays_out(linked: Identity, provider: Provider, client: Client) -> None:
    User.objects.filter(pk=linked.user_id).update(is_active=False)
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    assert "You couldn't be signed in this way." in refusal(client, sign_in(provider, client))
    assert not is_inside(client)


def test_the_way_leads_on_inside_the_console_only(
    linked: Identity, provider: Provider, client: Client
) -> None:
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    assert sign_in(provider, client, "https://evil.example/").headers["Location"] == "/console/"


def test_the_refresh_token_rests_sealed(linked: Identity, provider: Provider, client: Client) -> None:
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    sign_in(provider, client)
    linked.refresh_from_db()
    assert linked.sealed_refresh_token.startswith("v1.")


def test_without_offline_access_no_refresh_token_is_kept(
    linked: Identity, provider: Provider, client: Client, settings: Settings
) -> None:
    settings.OIDC_SCOPES = "openid email"
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    sign_in(provider, client)
    linked.refresh_from_db()
    assert not linked.sealed_refresh_token


def test_a_provider_that_cannot_be_reached_is_said_so(
    provider: Provider, client: Client, settings: Settings, db: None
) -> None:
    provider.order("set", broken=503)
    answer = client.post("/console/sso/start/")
    assert "The identity provider can't be reached just now." in refusal(client, answer)


def test_the_button_is_there_where_there_is_a_provider(provider: Provider, client: Client, db: None) -> None:
    assert b"Continue with Example ID" in client.get("/console/login/").content


def test_without_a_provider_there_is_no_button(client: Client, db: None) -> None:
    assert b"Continue with" not in client.get("/console/login/").content


def test_the_consoles_own_code_completes_a_sign_in_without_credit(
    linked: Identity, provider: Provider, client: Client
) -> None:
    provider.sign_in_as("rita-there")
    sign_in(provider, client, "/console/apps/")
    answer = client.post("/console/login/second/", {"code": code_of(linked.user)})
    assert answer.headers["Location"] == "/console/apps/"
    assert is_inside(client)
    (event,) = recorded(Action.SIGNED_IN)
    assert event.detail["kind"] == "totp"


def test_who_comes_for_the_first_time_without_credit_sets_up_a_second_factor(
    provider: Provider, client: Client, settings: Settings, ada: User
) -> None:
    settings.OIDC_JIT, settings.OIDC_ALLOWED_DOMAINS = True, ["example.com"]
    provider.sign_in_as("june")
    answer = client.get(sign_in(provider, client).headers["Location"])
    assert answer.headers["Location"] == "/console/login/enrol/"


def test_refresh_tokens_are_sealed_anew_with_the_rest(
    linked: Identity, provider: Provider, client: Client
) -> None:
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    sign_in(provider, client)
    assert "refresh tokens" in {holder.name for holder in sealed_holders()}
    holder = refresh_tokens()
    assert holder.census() == {sealing.kek_current().kek_id: 1}
    assert holder.rewrap().failed == ()
