"""Signing in takes both factors, and tells nobody which of them was wrong."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from pytest_django import Settings

from accounts.models import User
from compliance.ledger.domain.events import Action
from tests.support.counting_hasher import CountingHasher
from tests.support.operator import totp
from tests.support.people import PASSWORD, SEED, signed_in
from tests.support.shipping import recorded

LOGIN = "/console/login/"
SECRET = base64.b32encode(SEED).decode()


def sign_in(client: Client, **changed: str) -> Any:
    fields = {"email": "rita@example.com", "password": PASSWORD, "code": totp(SECRET)} | changed
    return client.post(LOGIN, fields)


def is_inside(client: Client) -> bool:
    return client.get("/console/").status_code == 200


def test_both_factors_open_a_verified_session_under_a_new_key(rita: User, client: Client) -> None:
    client.session.save()
    before = client.session.session_key
    assert sign_in(client).headers["Location"] == "/console/"
    assert client.session[DEVICE_ID_SESSION_KEY] == rita.totp_authenticators.get().persistent_id
    assert client.session.session_key != before
    assert is_inside(client)
    assert [event.actor_id for event in recorded(Action.SIGNED_IN)] == [str(rita.pk)]


def test_the_address_is_found_whatever_its_case(rita: User, client: Client) -> None:
    sign_in(client, email="Rita@Example.COM")
    assert is_inside(client)


def _nothing(_rita: User) -> None: ...


def _deactivate(rita: User) -> None:
    User.objects.filter(pk=rita.pk).update(is_active=False)


def _take_authenticator(rita: User) -> None:
    rita.totp_authenticators.all().delete()


@pytest.mark.parametrize(
    ("changed", "before"),
    [
        pytest.param({"password": "not her passphrase at all"}, _nothing, id="wrong-password"),
        pytest.param({"code": "000000"}, _nothing, id="wrong-code"),
        pytest.param({"email": "nobody@example.com"}, _nothing, id="unknown-address"),
        pytest.param({}, _deactivate, id="deactivated"),
        pytest.param({}, _take_authenticator, id="no-authenticator"),
    ],
)
def test_whatever_does_not_match_gets_the_same_answer(
    rita: User, client: Client, changed: dict[str, str], before: Callable[[User], None]
) -> None:
    before(rita)
    answer = sign_in(client, **changed)
    assert answer.status_code == 200
    assert b"E-mail, password or code didn&#x27;t match." in answer.content
    assert not is_inside(client)
    assert [event.outcome for event in recorded(Action.SIGN_IN_REFUSED)] == ["denied"]


@pytest.mark.parametrize("email", ["rita@example.com", "nobody@example.com"])
def test_an_unknown_address_costs_as_much_hashing_as_a_known_one(
    rita: User, client: Client, settings: Settings, email: str
) -> None:
    settings.PASSWORD_HASHERS = ["tests.support.counting_hasher.CountingHasher"]
    CountingHasher.hashed = 0
    sign_in(client, email=email, password="not her passphrase at all")
    assert CountingHasher.hashed == 1


def test_a_code_works_once(rita: User, client: Client) -> None:
    code = totp(SECRET)
    sign_in(client, code=code)
    assert is_inside(client)
    second = Client()
    sign_in(second, code=code)
    assert not is_inside(second)


def test_a_wrong_password_uses_up_no_code_and_locks_nobody_out(rita: User, client: Client) -> None:
    for _ in range(3):
        sign_in(client, password="a stranger's guess")
    sign_in(client)
    assert is_inside(client)


def test_a_wrong_code_makes_the_next_one_wait(rita: User, client: Client) -> None:
    sign_in(client, code="000000")
    sign_in(client)
    assert not is_inside(client)


def test_a_code_may_be_typed_with_spaces(rita: User, client: Client) -> None:
    code = totp(SECRET)
    sign_in(client, code=f"{code[:3]} {code[3:]}")
    assert is_inside(client)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        pytest.param("/console/apps/", "/console/apps/", id="inside"),
        pytest.param("", "/console/", id="nowhere"),
        pytest.param("https://evil.example/", "/console/", id="elsewhere"),
        pytest.param("//evil.example/", "/console/", id="elsewhere-without-scheme"),
        pytest.param("/\\evil.example/", "/console/", id="elsewhere-by-backslash"),
        pytest.param("javascript:alert(1)", "/console/", id="script"),
    ],
)
def test_signing_in_leads_on_inside_the_console_only(
    rita: User, client: Client, wanted: str, reached: str
) -> None:
    assert sign_in(client, next=wanted).headers["Location"] == reached


def test_who_is_in_already_is_sent_on(rita: User) -> None:
    assert signed_in(rita).get(LOGIN).headers["Location"] == "/console/"


def test_signing_out_ends_the_session_on_record(rita: User) -> None:
    client = signed_in(rita)
    assert client.post("/console/logout/").headers["Location"] == LOGIN
    assert not is_inside(client)
    assert [event.actor_id for event in recorded(Action.SIGNED_OUT)] == [str(rita.pk)]


def test_a_link_cannot_sign_anybody_out(rita: User) -> None:
    client = signed_in(rita)
    client.get("/console/logout/")
    assert is_inside(client)
