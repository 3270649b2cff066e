"""An app's own claims in its devices' tokens: in clear, or encrypted to a key that the device registered."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import redis
from django.db import connection
from pytest_django import Settings

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.encryption import nested_verify
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from releaseconsole.kernel.jose.verification import Expected
from releaseconsole.redis_link import redis_client as console_redis
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.phi_tokens import PHI_RELEASE_TOKEN
from signing.models import ClaimDefinition
from signing.selectors import jwks_document, verification_keys
from signing.services import recipient_register, recipients_cache_fill
from signing.services.profiles import claim_define, profile_change
from tests.integration.updates.gateway.conftest import APP_ID
from tests.integration.updates.gateway.test_v1_check import DEVICE_ID, NONCE, ask, claims_of
from tests.support.npm_jose import jose_decrypt
from updates.gateway.serving import serving
from updates.models import Channel, Release

Publish = Callable[..., Release]
KEYS = {algorithm: DecryptionKey.generate(algorithm) for algorithm in EncryptionAlgorithm}
KEY = KEYS[EncryptionAlgorithm.ECDH_ES_A256KW]
CAPGO = {
    "app_id": APP_ID,
    "device_id": DEVICE_ID,
    "platform": "ios",
    "version_name": "builtin",
    "version_build": "1.2.0",
    "plugin_version": "7.0.0",
}


def define(name: str, claim_class: ClaimClass | None, value: str | None = "a value") -> None:
    claim_define(
        app_id=APP_ID,
        name=name,
        claim_class=claim_class,
        claim_type=ClaimType.TEXT,
        fixed_value=value,
        actor=SYSTEM,
        now=clock.now(),
    )


def register(key: DecryptionKey = KEY) -> None:
    jwk = key.public_jwk()
    recipient_register(app_id=APP_ID, device_id=DEVICE_ID, jwk=jwk, actor=SYSTEM, now=clock.now())
    recipients_cache_fill()


def opened(token: str, settings: Settings, key: DecryptionKey = KEY) -> dict[str, Any]:
    return nested_verify(
        token,
        kind=PHI_RELEASE_TOKEN,
        decryption_keys={key.kid: key},
        keys=verification_keys(app_id=APP_ID),
        expected=Expected(issuer=settings.PUBLIC_URL, audience=APP_ID, subject=DEVICE_ID),
        now=int(clock.epoch_seconds()),
    )


@pytest.fixture
def offered(production: Channel, publish: Publish, redis_client: redis.Redis) -> None:
    publish(production, "1.4.0")


@pytest.fixture
def redis_down(devices: httpx.Client, settings: Settings) -> Iterator[None]:
    url = settings.EFFECTIVE_REDIS_URL
    settings.EFFECTIVE_REDIS_URL = "unix:///nowhere/redis.sock"
    console_redis.cache_clear()
    yield
    settings.EFFECTIVE_REDIS_URL = url
    console_redis.cache_clear()


def test_public_claims_are_in_every_token(
    devices: httpx.Client, offered: None, refresh: Callable[[], None]
) -> None:
    assert "ext" not in claims_of(ask(devices))
    define("region", ClaimClass.PUBLIC, "eu")
    define("passed_by_callers", ClaimClass.PUBLIC, None)
    refresh()
    assert claims_of(ask(devices))["ext"] == {"region": "eu"}
    assert claims_of(ask(devices, version="1.4.0"))["ext"] == {"region": "eu"}


def test_a_change_of_the_profile_makes_a_new_signer_and_nothing_else_does(
    devices: httpx.Client, offered: None, refresh: Callable[[], None]
) -> None:
    before = serving.snapshot.apps[APP_ID].signer
    refresh()
    assert serving.snapshot.apps[APP_ID].signer is before
    define("region", ClaimClass.PUBLIC, "eu")
    refresh()
    assert serving.snapshot.apps[APP_ID].signer is not before


def test_a_claim_that_becomes_a_flag_is_one_in_the_next_token(
    devices: httpx.Client, offered: None, refresh: Callable[[], None]
) -> None:
    """To Python 1 == True, so the profiles before and after would pass for the same."""
    for claim_type, value in ((ClaimType.WHOLE, 1), (ClaimType.FLAG, True), (ClaimType.WHOLE, 1)):
        claim_define(
            app_id=APP_ID,
            name="beta",
            claim_class=ClaimClass.PUBLIC,
            claim_type=claim_type,
            fixed_value=value,
            actor=SYSTEM,
            now=clock.now(),
        )
        refresh()
        assert claims_of(ask(devices))["ext"]["beta"] is value


@pytest.mark.parametrize("algorithm", list(EncryptionAlgorithm))
def test_a_claim_that_is_phi_travels_encrypted_to_the_devices_key(
    devices: httpx.Client,
    offered: None,
    refresh: Callable[[], None],
    settings: Settings,
    algorithm: EncryptionAlgorithm,
) -> None:
    define("programme", ClaimClass.PHI, "secret words")
    register(KEYS[algorithm])
    refresh()
    answer = ask(devices)
    token = answer.json()["token"]
    assert len(token.split(".")) == 5
    claims = opened(token, settings, KEYS[algorithm])
    assert claims["ext"] == {"programme": "secret words"}
    assert (claims["decision"], claims["version"], claims["nonce"]) == ("install", "1.4.0", NONCE)
    assert "secret words" not in answer.text


def test_a_device_opens_it_with_npms_jose_and_the_published_keys(
    devices: httpx.Client, offered: None, refresh: Callable[[], None], settings: Settings
) -> None:
    define("programme", ClaimClass.PHI, "secret words")
    register()
    refresh()
    material = b64encode(KEY.material()).decode()
    (opened_there,) = jose_decrypt(
        keys={KEY.kid: {"alg": KEY.algorithm.value, "pkcs8": material}},
        jwks=jwks_document(),
        algorithms=["ES256"],
        issuer=settings.PUBLIC_URL,
        audience=APP_ID,
        subject=DEVICE_ID,
        typ="phi-release+jwt",
        now=int(clock.epoch_seconds()),
        tokens=[ask(devices).json()["token"]],
    )
    assert opened_there["claims"]["ext"] == {"programme": "secret words"}
    assert opened_there["header"].keys() == {"alg", "enc", "kid", "typ", "cty", "epk"}


def test_the_length_of_an_encrypted_token_does_not_tell_the_decision_nor_the_value(
    devices: httpx.Client, offered: None, refresh: Callable[[], None]
) -> None:
    register()
    lengths = set()
    for value in ("x", "x" * 40):
        define("programme", ClaimClass.PHI, value)
        refresh()
        lengths.add(len(ask(devices).json()["token"]))
    assert len(lengths) == 1


@pytest.mark.parametrize(
    ("claim_class", "handles_phi"),
    [(ClaimClass.INTERNAL, False), (None, False), (None, True), (ClaimClass.PHI, False)],
)
def test_nothing_that_needs_encryption_ever_leaves_in_clear(
    devices: httpx.Client,
    offered: None,
    refresh: Callable[[], None],
    claim_class: ClaimClass | None,
    *,
    handles_phi: bool,
    settings: Settings,
) -> None:
    settings.TRUSTED_PROXIES = 1
    devices.headers["X-Forwarded-Proto"] = "https"
    profile_change(app_id=APP_ID, handles_phi=handles_phi, actor=SYSTEM, now=clock.now())
    define("note", claim_class, "secret words")
    refresh()
    refused = ask(devices)
    assert (refused.status_code, refused.json()["code"]) == (403, "recipient_unknown")
    assert "Register" in refused.json()["detail"]
    stock = devices.post("/device/capgo/updates", json=CAPGO)
    assert stock.status_code == 200
    assert (stock.json()["error"], stock.json()["kind"]) == ("recipient_unknown", "blocked")
    register()
    token = devices.post("/device/capgo/updates", json=CAPGO).json()["data"]["token"]
    assert len(token.split(".")) == 5


@pytest.mark.usefixtures("redis_down")
def test_without_redis_an_encrypting_app_is_not_served_and_others_are(
    devices: httpx.Client, production: Channel, publish: Publish, refresh: Callable[[], None]
) -> None:
    publish(production, "1.4.0")
    assert claims_of(ask(devices))
    define("programme", ClaimClass.PHI)
    refresh()
    answer = ask(devices)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_signable")
    assert answer.headers["retry-after"]
    stock = devices.post("/device/capgo/updates", json=CAPGO).json()
    assert (stock["error"], stock["kind"]) == ("not_signable", "blocked")


def test_the_database_is_never_asked_for_a_devices_key(
    devices: httpx.Client, offered: None, refresh: Callable[[], None], django_assert_num_queries: Any
) -> None:
    define("programme", ClaimClass.PHI)
    register()
    refresh()
    assert connection.queries_log is not None
    with django_assert_num_queries(0):
        assert ask(devices).status_code == 200


def test_an_app_whose_profile_contradicts_itself_is_not_served(
    devices: httpx.Client, offered: None, refresh: Callable[[], None]
) -> None:
    define("region", ClaimClass.PUBLIC, "x")
    ClaimDefinition.objects.update(fixed_value="x" * 5000)
    refresh()
    assert ask(devices).json()["code"] == "not_signable"
