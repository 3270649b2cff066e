"""The trust endpoint, as devices and caches see it; nothing in it is ever worse than nothing."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from releaseconsole.kernel import clock
from signing.domain.lifecycle import KeyPurpose
from signing.models import DocumentType, TrustDocument
from signing.services.trust import chain_ensure
from signing.services.trust_documents import documents_void
from tests.integration.updates.gateway.conftest import APP_ID
from tests.simulator.trusting_client import Refused, TrustingClient
from tests.support.tokens import DEVICE_ID
from tests.support.trusting import chain_made, compromise, key_of
from updates.models import App, Channel

URL = f"/device/v1/trust/{APP_ID}"
NONCE = "n" * 22


@pytest.fixture
def chained(production: Channel, app: App, refresh: Callable[[], None]) -> App:
    """The app with its chain of trust, as a running process serves it."""
    chain_made(APP_ID, clock.now())
    refresh()
    return app


@pytest.fixture
def client(chained: App, devices: httpx.Client) -> TrustingClient:
    """A device that pins the app's root and asks over HTTP."""

    def fetch() -> bytes:
        answer = devices.get(URL)
        if answer.status_code != 200:
            raise OSError(answer.status_code)
        return answer.content

    root = dict(key_of(APP_ID, KeyPurpose.ROOT).public_jwk or {})
    return TrustingClient(
        root, APP_ID, DEVICE_ID, settings.PUBLIC_URL, fetch, lambda: int(clock.epoch_seconds())
    )


def told(devices: httpx.Client) -> str:
    """Ask for a decision; returns its token."""
    question = {
        "app_id": APP_ID,
        "device_id": DEVICE_ID,
        "nonce": NONCE,
        "platform": "ios",
        "native_version": "1.2.0",
    }
    return str(devices.post("/device/v1/check", json=question).json()["token"])


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["code"]


def test_a_device_believes_a_decision_by_the_pinned_root_alone(
    devices: httpx.Client, client: TrustingClient
) -> None:
    assert client.verify(told(devices), nonce=NONCE)["decision"] == "hold"


def test_the_answer_is_the_chain_and_open_to_web_views(devices: httpx.Client, chained: App) -> None:
    answer = devices.get(URL)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert int(answer.headers["content-length"]) == len(answer.content)
    documents = {row.document_type: row.signed for row in TrustDocument.objects.all()}
    assert answer.json() == {
        "delegation": documents[DocumentType.DELEGATION],
        "trust": documents[DocumentType.TRUST],
        "rotations": [],
    }


def test_no_query_is_made(
    devices: httpx.Client, chained: App, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert devices.get(URL).status_code == 200


def test_caches_may_keep_it_but_never_longer_than_the_setting(devices: httpx.Client, chained: App) -> None:
    ages = set()
    for _ in range(60):
        match = re.fullmatch(r"public, max-age=(\d+)", devices.get(URL).headers["cache-control"])
        assert match
        ages.add(int(match[1]))
    assert 270 <= min(ages) < max(ages) <= 300


def test_no_cache_keeps_it_longer_than_it_is_good(devices: httpx.Client, chained: App) -> None:
    expires = json_expiry()
    with time_machine.travel(expires - 5, tick=False):
        assert devices.get(URL).headers["cache-control"] == "public, max-age=5"


def json_expiry() -> float:
    return TrustDocument.objects.get(document_type=DocumentType.TRUST).expires_at.timestamp()


def test_whoever_has_it_already_gets_304(
    devices: httpx.Client, chained: App, refresh: Callable[[], None]
) -> None:
    etag = devices.get(URL).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = devices.get(URL, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        assert again.headers["access-control-allow-origin"] == "*"
    chain_ensure(app_id=APP_ID, now=clock.now() + timedelta(hours=7))
    refresh()
    assert devices.get(URL, headers={"if-none-match": etag}).status_code == 200


def test_head_tells_the_length_only(devices: httpx.Client, chained: App) -> None:
    answer = devices.head(URL)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(devices.get(URL).content)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_is_only_read(devices: httpx.Client, chained: App, method: str) -> None:
    assert problem_of(devices.request(method, URL)) == (405, "method_not_allowed")


@pytest.mark.parametrize("app_id", ["com.example.other", "", f"{APP_ID}/", "%00", "../com.example.clinic"])
def test_an_unknown_app_is_a_problem_document(devices: httpx.Client, chained: App, app_id: str) -> None:
    answer = devices.get(f"/device/v1/trust/{app_id}")
    assert problem_of(answer)[0] == 404


def test_an_app_without_a_chain_has_none_to_serve(
    devices: httpx.Client, app: App, refresh: Callable[[], None]
) -> None:
    refresh()
    answer = devices.get(URL)
    assert problem_of(answer) == (503, "trust_unavailable")
    assert answer.headers["retry-after"]


def test_a_frozen_bundle_is_not_served_and_not_believed(
    devices: httpx.Client, client: TrustingClient
) -> None:
    client.verify(told(devices), nonce=NONCE)
    with time_machine.travel(json_expiry(), tick=False):
        assert problem_of(devices.get(URL)) == (503, "trust_unavailable")
        with pytest.raises(Refused, match="no_trust"):
            client.verify(told(devices), nonce=NONCE)
    assert client.last_failure == "unreachable"


@pytest.mark.parametrize("purpose", [KeyPurpose.ROOT, KeyPurpose.TRUST])
def test_what_a_revoked_key_signed_is_not_served(
    devices: httpx.Client, chained: App, refresh: Callable[[], None], purpose: KeyPurpose
) -> None:
    documents_void(signer_kids=[key_of(APP_ID, purpose).key_id])
    refresh()
    assert problem_of(devices.get(URL)) == (503, "trust_unavailable")


def test_documents_that_do_not_belong_together_are_not_served(
    devices: httpx.Client, chained: App, refresh: Callable[[], None]
) -> None:
    TrustDocument.objects.filter(document_type=DocumentType.TRUST).update(signer_kid="x" * 43)
    refresh()
    assert problem_of(devices.get(URL)) == (503, "trust_unavailable")


def test_a_thief_of_the_trust_key_loses_to_the_standby_over_http(
    devices: httpx.Client, client: TrustingClient, refresh: Callable[[], None]
) -> None:
    client.verify(told(devices), nonce=NONCE)
    stolen = devices.get(URL).content
    compromise(key_of(APP_ID, KeyPurpose.TRUST), clock.now())
    chain_ensure(app_id=APP_ID, now=clock.now())
    refresh()
    client.accept(devices.get(URL).content)
    client.verify(told(devices), nonce=NONCE)
    with pytest.raises(Refused):
        client.accept(stolen)


@pytest.mark.parametrize("changed", ["delegation", "trust"])
def test_an_answer_that_was_bent_on_its_way_is_refused(
    devices: httpx.Client, client: TrustingClient, changed: str
) -> None:
    answer: dict[str, Any] = devices.get(URL).json()
    head, payload, signature = answer[changed].split(".")
    answer[changed] = f"{head}.{payload}.{signature[:-6]}AAAAAA"
    with pytest.raises(Refused, match=changed):
        client.accept(json.dumps(answer).encode())
