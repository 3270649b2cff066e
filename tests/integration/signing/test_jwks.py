import json
import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from compliance.ledger.domain.events import SYSTEM
from signing.domain.lifecycle import KeyState
from signing.models import SigningKey
from signing.services import app_keys_ensure, release_signer
from tests.integration.signing.conftest import signs

URL = "/.well-known/jwks.json"
PUBLIC_MEMBERS = {"kty", "crv", "x", "y", "alg", "use", "kid"}


def published(client: Client) -> list[dict[str, Any]]:
    response = client.get(URL)
    assert response.status_code == 200
    keys: list[dict[str, Any]] = json.loads(response.content)["keys"]
    return keys


def test_it_holds_the_key_that_signs_and_only_its_public_members(clinic: str, client: Client) -> None:
    upcoming, key = published(client)
    for each in (upcoming, key):
        assert each.keys() == PUBLIC_MEMBERS
        assert (each["kty"], each["crv"], each["alg"], each["use"]) == ("EC", "P-256", "ES256", "sig")
    assert key["kid"] == release_signer(clinic).kid


def test_the_console_s_secret_is_not_in_it(clinic: str, console: None, client: Client) -> None:
    assert [key["kty"] for key in published(client)] == ["EC", "EC"]


def test_it_holds_the_next_key_before_that_one_signs(clinic: str, client: Client) -> None:
    upcoming = SigningKey.objects.get(app_id=clinic, state=KeyState.PREPUBLISHED)
    assert [key["kid"] for key in published(client)] == [upcoming.kid, release_signer(clinic).kid]


def test_it_holds_the_keys_of_all_apps(clinic: str, client: Client, now: datetime) -> None:
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    kids = {key["kid"] for key in published(client)}
    assert {release_signer(app_id).kid for app_id in (clinic, "com.example.bank")} < kids


def test_caches_may_keep_it_but_never_longer_than_the_setting(clinic: str, client: Client) -> None:
    ages = set()
    for _ in range(100):
        control = client.get(URL)["Cache-Control"]
        match = re.fullmatch(r"public, max-age=(\d+)", control)
        assert match, control
        ages.add(int(match[1]))
    assert min(ages) >= 270
    assert max(ages) <= 300
    assert len(ages) > 1


def test_its_type_and_its_openness_to_web_views(clinic: str, client: Client) -> None:
    response = client.get(URL)
    assert response["Content-Type"] == "application/jwk-set+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_whoever_has_it_already_gets_304(clinic: str, client: Client, now: datetime) -> None:
    etag = client.get(URL)["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{64}"', etag)
    again = client.get(URL, headers={"if-none-match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"].startswith("public, max-age=")
    assert again["Access-Control-Allow-Origin"] == "*"
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    assert client.get(URL, headers={"if-none-match": etag}).status_code == 200


def test_it_costs_one_query_and_no_session(
    clinic: str, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        response = client.get(URL)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_is_only_read(clinic: str, client: Client, method: str) -> None:
    assert getattr(client, method)(URL).status_code == 405


def assert_unavailable(client: Client) -> None:
    response = client.get(URL)
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["code"] == "key_unavailable"
    assert "ETag" not in response
    assert "no-store" not in response.get("Cache-Control", "")


@pytest.mark.django_db
def test_an_empty_set_is_never_served(client: Client) -> None:
    assert_unavailable(client)


def test_a_set_without_the_active_key_of_an_app_is_never_served(
    clinic: str, client: Client, now: datetime
) -> None:
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    signs(clinic).delete()
    assert_unavailable(client)


@pytest.mark.parametrize(
    "smuggled",
    [
        pytest.param({"d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}, id="private member"),
        pytest.param({"k": "c2VjcmV0"}, id="secret"),
        pytest.param({"x5u": "https://evil.example"}, id="pointer elsewhere"),
    ],
)
def test_a_row_with_more_than_a_public_key_is_never_served(
    clinic: str, client: Client, smuggled: dict[str, str]
) -> None:
    row = signs(clinic)
    row.public_jwk = (row.public_jwk or {}) | smuggled
    row.save()
    assert_unavailable(client)


def test_each_app_has_a_set_of_its_own(clinic: str, client: Client, now: datetime) -> None:
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    response = client.get(f"/.well-known/jwks/{clinic}.json")
    assert response.status_code == 200
    own = {key["kid"] for key in json.loads(response.content)["keys"]}
    assert own == set(SigningKey.objects.filter(app_id=clinic).values_list("kid", flat=True))


def test_an_app_that_is_not_here_has_none(clinic: str, client: Client) -> None:
    assert client.get("/.well-known/jwks/com.example.nobody.json").status_code == 503
