"""While nothing can sign, nothing unsigned is served, all else goes on, and it comes back by itself."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
import redis
import time_machine
from django.conf import LazySettings
from django.test import Client
from pkcs11 import exceptions as p11

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock, sealing
from signing.backends.pkcs11_token import TokenSession, hsm_tokens_forget
from signing.domain import circuit
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from signing.services.trust_documents import documents_void
from tests.integration.updates.gateway.conftest import APP_ID, BOTH
from tests.integration.updates.gateway.test_v1_check import DEVICE_ID, ask, claims_of
from tests.simulator.capgo import CapgoDevice
from tests.support.softhsm import SoftHSM
from tests.support.trusting import chain_made, key_of
from updates.gateway.serving import PROBE_SECONDS, serving
from updates.models import App, Channel, InstallOutcome, Release
from updates.services import app_create
from updates.services.telemetry import telemetry_drain

JWKS = "/.well-known/jwks.json"
Publish = Callable[..., Release]


@pytest.fixture
def held(hsm: SoftHSM, settings: LazySettings, production: Channel, publish: Publish) -> SoftHSM:
    """An app with a release, whose release-token keys an HSM holds."""
    SigningKey.objects.filter(app_id=APP_ID).delete()
    settings.KEY_BACKEND_TOKENS = "pkcs11"
    chain_made(APP_ID, clock.now())
    assert key_of(APP_ID, KeyPurpose.RELEASE_TOKEN).backend == "pkcs11"
    publish(production, "1.4.0")
    return hsm


class Outage:
    """The HSM as it is from now on; `calls` counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.is_away = False
        self._real = TokenSession.key

    def key(self, session: TokenSession, *arguments: Any) -> Any:
        self.calls += 1
        if self.is_away:
            raise p11.DeviceRemoved
        return self._real(session, *arguments)


@pytest.fixture
def outage(held: SoftHSM) -> Iterator[Outage]:
    """Somebody may pull the HSM's plug; time moves only when told to."""
    plug = Outage()
    with patch.object(TokenSession, "key", lambda session, *given: plug.key(session, *given)):  # noqa: PLW0108 (binds)
        yield plug


@pytest.fixture
def later() -> Iterator[Callable[[float], None]]:
    now = clock.monotonic()

    def move(seconds: float) -> None:
        nonlocal now
        now += seconds

    with patch.object(clock, "monotonic", lambda: now):
        yield move


def standing(devices: httpx.Client) -> tuple[int, str]:
    answer = devices.get("/readyz")
    return answer.status_code, answer.json()["key"]


def refused(devices: httpx.Client) -> None:
    answer = ask(devices)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_signable")
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert not {"token", "url", "decision"} & answer.json().keys()


def test_an_hsm_that_goes_away_between_two_checks_and_comes_back(
    devices: httpx.Client, outage: Outage, later: Callable[[float], None], redis_client: redis.Redis
) -> None:
    assert claims_of(ask(devices))["decision"] == "install"
    outage.is_away = True
    refused(devices)
    assert standing(devices)[1] == "failed"
    assert devices.get("/readyz").status_code == 503
    outage.is_away = False
    later(circuit.PAUSE_SECONDS)
    serving.keys_step()
    assert standing(devices)[1] == "ok"
    assert claims_of(ask(devices))["decision"] == "install"


def test_a_capgo_phone_keeps_its_bundle_and_nothing_is_counted_against_the_release(
    devices: httpx.Client, outage: Outage, redis_client: redis.Redis
) -> None:
    phone = CapgoDevice(devices, APP_ID, native_version="1.2.0")
    outage.is_away = True
    answer = phone.check()
    assert (answer["kind"], answer["error"]) == ("blocked", "not_signable")
    assert answer.keys() == {"kind", "error", "message"}
    assert phone.update() == ""
    telemetry_drain(at_most=timedelta(seconds=10))
    assert not InstallOutcome.objects.exists()


def test_downloads_public_keys_and_trust_go_on(
    devices: httpx.Client, outage: Outage, client: Client, redis_client: redis.Redis
) -> None:
    url = ask(devices).json()["url"]
    outage.is_away = True
    refused(devices)
    # Let through, only there's no such bundle behind this release; a token that isn't good gets 403 or 410.
    assert devices.get(url.removeprefix("http://localhost:8000")).status_code == 404
    assert key_of(APP_ID, KeyPurpose.RELEASE_TOKEN).key_id in client.get(JWKS).content.decode()
    assert devices.get(f"/device/v1/trust/{APP_ID}").status_code == 200


def test_a_dead_hsm_is_left_alone_so_that_checks_stay_fast(
    devices: httpx.Client, outage: Outage, later: Callable[[float], None]
) -> None:
    outage.is_away = True
    for _ in range(50):
        refused(devices)
    assert outage.calls <= 2 * circuit.FAILURES  # each is tried once more in a new session
    later(circuit.PAUSE_SECONDS)
    before = outage.calls
    for _ in range(50):
        refused(devices)
    assert outage.calls <= before + 2


def test_apps_whose_keys_are_elsewhere_are_still_served(
    devices: httpx.Client, outage: Outage, settings: LazySettings, refresh: Callable[[], None]
) -> None:
    settings.KEY_BACKEND_TOKENS = "local"
    app_create(app_id="com.example.other", name="Other", platforms=BOTH, actor=SYSTEM)
    refresh()
    outage.is_away = True
    refused(devices)
    assert ask(devices, app_id="com.example.other").status_code == 200


def test_it_is_noticed_while_nobody_asks(
    devices: httpx.Client, outage: Outage, later: Callable[[float], None]
) -> None:
    later(PROBE_SECONDS)
    serving.keys_step()
    assert standing(devices)[1] == "ok"
    outage.is_away = True
    serving.keys_step()
    assert standing(devices)[1] == "ok"  # not due: the HSM isn't asked all the time
    later(PROBE_SECONDS)
    serving.keys_step()
    assert standing(devices) == (503, "failed")


@pytest.mark.parametrize("fault", ["module", "pin", "tokens moved"])
def test_a_process_that_starts_without_its_hsm_serves_the_rest_until_it_is_there(
    devices: httpx.Client,
    held: SoftHSM,
    settings: LazySettings,
    refresh: Callable[[], None],
    client: Client,
    fault: str,
) -> None:
    module, pin = settings.PKCS11_MODULE, settings.PKCS11_PIN
    tokens = Path(os.environ["SOFTHSM2_CONF"]).parent / "tokens"
    if fault == "module":
        settings.PKCS11_MODULE = "/nowhere/libgone.so"
    elif fault == "pin":
        settings.PKCS11_PIN = "0000-0000"
    else:
        tokens.rename(tokens.with_name("away"))
    hsm_tokens_forget()
    serving.snapshot = type(serving.snapshot)(-1, -1, {}, None)
    refresh()
    try:
        refused(devices)
        assert standing(devices)[1] == "failed"
        assert client.get(JWKS).status_code == 200
    finally:
        settings.PKCS11_MODULE, settings.PKCS11_PIN = module, pin
        if fault == "tokens moved":
            tokens.with_name("away").rename(tokens)
    hsm_tokens_forget()
    refresh()
    assert claims_of(ask(devices))["decision"] == "install"
    assert standing(devices)[1] == "ok"


@pytest.mark.parametrize("kek", [None, sealing.KeyEncryptionKey(b"o" * 32)])
def test_without_the_kek_or_with_another_one_nothing_is_signed(
    devices: httpx.Client,
    production: Channel,
    publish: Publish,
    refresh: Callable[[], None],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    kek: sealing.KeyEncryptionKey | None,
) -> None:
    with monkeypatch.context() as changed:
        changed.setattr(sealing._Holder, "kek", kek)
        publish(production, "1.4.0")
        refused(devices)
        assert standing(devices) == (503, "failed")
        phone = CapgoDevice(devices, APP_ID, native_version="1.2.0")
        assert phone.check()["kind"] == "blocked"
        assert client.get(JWKS).status_code == 200
    refresh()
    assert claims_of(ask(devices), device_id=DEVICE_ID)["decision"] == "install"


def test_a_key_that_nothing_rotates_stops_and_is_told_of(
    devices: httpx.Client, production: Channel, publish: Publish
) -> None:
    publish(production, "1.4.0")
    with time_machine.travel(clock.now() + timedelta(days=90)):
        refused(devices)
        serving.keys_step()
        assert standing(devices)[1] == "failed"


def test_a_chain_that_is_void_missing_or_over_is_told_of_but_takes_nobody_out_of_service(
    devices: httpx.Client, app: App, refresh: Callable[[], None], django_assert_num_queries: Any
) -> None:
    def told() -> str:
        with django_assert_num_queries(0):
            return str(devices.get("/readyz").json()["trust"])

    refresh()
    assert told() == "failed"
    chain_made(APP_ID, clock.now())
    refresh()
    assert told() == "ok"
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert told() == "failed"
    documents_void(signer_kids=[key_of(APP_ID, KeyPurpose.TRUST, KeyState.ACTIVE).key_id])
    refresh()
    assert told() == "failed"
    assert ask(devices).status_code == 200
