"""What comes back from the provider is the answer to this browser's question, once; and its token is its own.

Whatever is wrong, people get one sentence, and the log the reason.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.models import Identity
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.oidc_provider import CLIENT_SECRET, Provider
from tests.support.shipping import recorded
from tests.support.single_sign_on import (
    TWO_FACTORS,
    come_back,
    is_inside,
    refusal,
    set_out,
    sign_in,
    way_there,
)

REFUSED = "You couldn't be signed in this way."


@pytest.fixture
def rita_there(linked: Identity, provider: Provider) -> Iterator[Identity]:
    provider.sign_in_as("rita-there", acr=TWO_FACTORS)
    yield linked
    provider.order("set", forge=None)


def assert_refused(client: Client, answer: Any, caplog: pytest.LogCaptureFixture, reason: str) -> None:
    assert REFUSED in refusal(client, answer)
    assert reason in caplog.text
    assert not is_inside(client)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"state": "another"}, "not to this browser's question", id="wrong-state"),
        pytest.param({"state": ""}, "not to this browser's question", id="no-state"),
        pytest.param({"iss": "https://other.example"}, "iss isn't the provider", id="mix-up"),
        pytest.param({"iss": ""}, "iss isn't the provider", id="iss-taken-away"),
        pytest.param({"code": ""}, "no code", id="no-code"),
        pytest.param({"code": "made-up"}, "invalid_grant", id="made-up-code"),
        pytest.param({"error": "access_denied"}, "access_denied", id="error"),
    ],
)
def test_an_answer_to_something_else_is_refused(
    rita_there: Identity,
    provider: Provider,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    changed: dict[str, str],
    reason: str,
) -> None:
    answer = way_there(provider, set_out(client)) | changed
    answer = {name: value for name, value in answer.items() if value or name == "state"}
    assert_refused(client, come_back(client, answer), caplog, reason)
    assert [event.detail["factor"] for event in recorded(Action.SIGN_IN_REFUSED)] == ["identity_provider"]


def test_one_address_does_not_flood_the_audit_log(
    rita_there: Identity, provider: Provider, client: Client
) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for _ in range(33):
            set_out(client)
            come_back(client, {"state": "another"})
    assert len(recorded(Action.SIGN_IN_REFUSED)) == 31


def test_an_answer_counts_once(
    rita_there: Identity, provider: Provider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = way_there(provider, set_out(client))
    come_back(client, answer)
    assert is_inside(client)
    client.logout()
    assert come_back(client, answer).status_code == 403
    assert "this browser asked nothing" in caplog.text
    assert not is_inside(client)


def test_a_code_that_was_used_is_refused_in_another_browser(
    rita_there: Identity, provider: Provider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = way_there(provider, set_out(client))
    come_back(client, answer)
    thief = Client()
    own = way_there(provider, set_out(thief))
    assert_refused(thief, come_back(thief, {**own, "code": answer["code"]}), caplog, "invalid_grant")


def test_a_code_that_was_stolen_before_its_use_is_worth_nothing_without_the_verifier(
    rita_there: Identity, provider: Provider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    stolen = way_there(provider, set_out(client))["code"]
    thief = Client()
    own = way_there(provider, set_out(thief))
    assert_refused(thief, come_back(thief, {**own, "code": stolen}), caplog, "invalid_grant")


def test_nobody_can_be_signed_in_with_somebody_elses_answer(
    rita_there: Identity, provider: Provider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    attackers = way_there(provider, set_out(Client()))
    assert come_back(client, attackers).status_code == 403
    assert "this browser asked nothing" in caplog.text
    assert not client.cookies  # no session: else anybody could fill the database,
    assert not recorded(Action.SIGN_IN_REFUSED)  # and the audit log


def test_a_question_is_forgotten_after_ten_minutes(
    rita_there: Identity, provider: Provider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = way_there(provider, set_out(client))
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=1)):
        assert_refused(client, come_back(client, answer), caplog, "too late")


def _forgeries() -> list[Any]:
    now = int(clock.epoch_seconds())
    return [
        pytest.param({"claims": {"nonce": "another"}}, "claim nonce", id="wrong-nonce"),
        pytest.param({"without": ["nonce"]}, "claim nonce", id="no-nonce"),
        pytest.param({"claims": {"iss": "https://other.example"}}, "claim iss", id="wrong-iss"),
        pytest.param({"claims": {"aud": "another-client"}}, "claim aud", id="wrong-aud"),
        pytest.param(
            {"claims": {"aud": ["release-console", "another"], "azp": "another"}}, "claim azp", id="wrong-azp"
        ),
        pytest.param({"claims": {"aud": ["release-console", "another"]}}, "claim azp", id="no-azp"),
        pytest.param({"claims": {"iat": now - 7200, "exp": now - 3600}}, "claim exp", id="expired"),
        pytest.param({"claims": {"iat": now + 3600, "exp": now + 7200}}, "claim iat", id="of-tomorrow"),
        pytest.param({"without": ["exp"]}, "claim exp", id="no-exp"),
        pytest.param({"without": ["iat"]}, "claim iat", id="no-iat"),
        pytest.param({"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}, "claim at_hash", id="wrong-at-hash"),
        pytest.param({"claims": {"auth_time": now - 50_000}}, "claim auth_time", id="proved-long-ago"),
        pytest.param({"without": ["auth_time"]}, "claim auth_time", id="proved-who-knows-when"),
        pytest.param({"without": ["sub"]}, "claim sub", id="no-sub"),
        pytest.param({"claims": {"sub": "x" * 256}}, "claim sub", id="long-sub"),
        pytest.param({"claims": {"sub": "nul\x00"}}, "claim sub", id="nul-in-sub"),
        pytest.param({"tamper": True, "claims": {"sub": "ada"}}, "signature", id="tampered"),
        pytest.param({"stranger": True}, "signature", id="signed-by-a-stranger"),
        pytest.param({"alg": "none"}, "three segments", id="alg-none"),
        pytest.param({"alg": "HS256", "secret": CLIENT_SECRET}, "alg isn't one", id="hs256-client-secret"),
        pytest.param({"typ": "logout+jwt"}, "typ isn't", id="a-logout-token"),
        pytest.param({"kid": "nobody-has-it"}, "unknown kid", id="unknown-kid"),
    ]


@pytest.mark.parametrize(("how", "reason"), _forgeries())
def test_a_token_with_anything_wrong_is_refused(
    rita_there: Identity,
    provider: Provider,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    how: dict[str, Any],
    reason: str,
) -> None:
    provider.forge(**how)
    assert_refused(client, sign_in(provider, client), caplog, reason)


def test_a_right_access_token_hash_is_taken(rita_there: Identity, provider: Provider, client: Client) -> None:
    provider.forge(at_hash=True)
    sign_in(provider, client)
    assert is_inside(client)


def test_a_key_that_came_by_rotation_is_fetched(
    rita_there: Identity, provider: Provider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(provider, client)
    client.logout()
    provider.order("rotate")
    with time_machine.travel(clock.now() + timedelta(minutes=2)):  # it's asked once a minute at most
        sign_in(provider, client)
        assert is_inside(client)


def test_a_provider_that_does_not_tell_when_somebody_proved_themselves_can_be_had(
    rita_there: Identity, provider: Provider, client: Client, settings: Settings
) -> None:
    settings.OIDC_MAX_AGE = 0
    provider.forge(without=["auth_time"])
    sign_in(provider, client)
    assert is_inside(client)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"issuer": "https://other.example"}, id="another-issuer"),
        pytest.param({"token_endpoint": "http://provider.example/token"}, id="plain-http"),
        pytest.param({"authorization_endpoint": "javascript:alert(1)"}, id="script"),
        pytest.param({"code_challenge_methods_supported": ["plain"]}, id="no-s256"),
        pytest.param({"response_types_supported": ["id_token"]}, id="no-code-flow"),
        pytest.param({"jwks_uri": "https://other.example/jwks"}, id="keys-elsewhere"),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_used(
    provider: Provider, client: Client, db: None, document: dict[str, Any]
) -> None:
    provider.order("set", discovery=document)
    assert "can't be reached just now" in refusal(client, client.post("/console/sso/start/"))


def test_a_link_alone_starts_nothing(provider: Provider, client: Client, db: None) -> None:
    assert client.get("/console/sso/start/").status_code == 405


def test_another_site_cannot_start_it(provider: Provider, db: None) -> None:
    assert Client(enforce_csrf_checks=True).post("/console/sso/start/").status_code == 403
