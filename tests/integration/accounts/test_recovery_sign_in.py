"""Signing in with a recovery code: what it opens, and what such a session may do."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from accounts.models import AuthenticatorRecord, Letter, User
from accounts.services.recovery_codes import recovery_codes_replace
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.operator import totp
from tests.support.people import PASSWORD, code_of, signed_in
from tests.support.shipping import recorded

ME = "/console/me/"
NEW = "/console/me/authenticators/totp/new/"
SECOND = "/console/login/recovery-code/"


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with time_machine.travel(clock.now(), tick=False):
        yield


@pytest.fixture
def codes(ada: User) -> list[str]:
    with transaction.atomic():
        return recovery_codes_replace(user=ada, actor=ada.actor, now=clock.now())


def half_in(user: User) -> Client:
    """A browser whose person has proved the password."""
    client = Client()
    client.post("/console/login/", {"email": user.email, "password": PASSWORD, "next": ""})
    return client


def tried(user: User, code: str) -> tuple[Client, Any]:
    client = half_in(user)
    return client, client.post(SECOND, {"recovery_code": code})


def added(client: Client, **changed: str) -> Any:
    page = client.get(NEW).content.decode()
    seed = re.findall(r'data-testid="totp-secret"[^>]*>([A-Z2-7]+)<', page)[0]
    return client.post(NEW, {"name": "new phone", "new_code": totp(seed), "password": PASSWORD, **changed})


def test_a_code_opens_a_session_and_leads_to_where_one_adds_an_authenticator(
    ada: User, codes: list[str]
) -> None:
    client, answer = tried(ada, codes[0])
    assert answer.headers["Location"] == ME
    page = client.get(ME).content.decode()
    assert "You signed in with a recovery code." in page
    assert 'data-testid="codes-left">9<' in page
    assert client.get("/console/").status_code == 200


def test_without_the_password_a_code_opens_nothing(ada: User, codes: list[str]) -> None:
    client = Client()
    assert client.post(SECOND, {"recovery_code": codes[0]}).headers["Location"] == "/console/login/"
    assert client.get(ME).status_code == 302
    assert tried(ada, codes[0])[1].headers["Location"] == ME


@pytest.mark.parametrize("code", ["", "123456", "0000-0000-0000-0000", "x" * 65])
def test_anything_else_leads_back_and_opens_nothing(ada: User, codes: list[str], code: str) -> None:
    client, answer = tried(ada, code)
    assert answer.headers["Location"] == "/console/login/second/"
    assert client.get(ME).status_code == 302
    assert b"This recovery code can&#x27;t be used." in client.get("/console/login/second/").content
    assert recorded(Action.SIGN_IN_REFUSED)[-1].detail["factor"] == "recovery_code"


def test_the_session_has_a_new_key(ada: User, codes: list[str]) -> None:
    client = half_in(ada)
    before = client.session.session_key
    client.post(SECOND, {"recovery_code": codes[0]})
    assert client.session.session_key not in {None, before}


def test_a_link_alone_uses_no_code(ada: User, codes: list[str]) -> None:
    assert half_in(ada).get(SECOND, {"recovery_code": codes[0]}).status_code == 405


# --- what such a session may do -----------------------------------------------------------------------


def test_it_adds_an_authenticator_with_the_password(ada: User, codes: list[str]) -> None:
    client, _ = tried(ada, codes[0])
    assert added(client).headers["Location"] == ME
    new = ada.totp_authenticators.get(name="new phone")
    record = AuthenticatorRecord.objects.get(authenticator=new.persistent_id)
    assert record.facts == {"proved_by": "recovery_code"}
    subjects = set(Letter.objects.filter(person=ada).values_list("subject", flat=True))
    assert {"A recovery code opened your account", "An authenticator of yours was added"} <= subjects


@pytest.mark.parametrize("password", ["", "a stranger's guess"])
def test_it_adds_none_without_the_password(ada: User, codes: list[str], password: str) -> None:
    client, _ = tried(ada, codes[0])
    assert added(client, password=password).status_code == 200
    assert ada.totp_authenticators.count() == 1


def test_after_a_quarter_of_an_hour_it_takes_another_code(ada: User, codes: list[str]) -> None:
    client, _ = tried(ada, codes[0])
    with time_machine.travel(clock.now() + timedelta(minutes=15), tick=False):
        assert b"The recovery code was used too long ago" in added(client).content
        client, _ = tried(ada, codes[1])
        assert added(client).status_code == 302


def test_the_code_of_another_session_does_not_stand_in(ada: User, olaf: User, codes: list[str]) -> None:
    client, _ = tried(ada, codes[0])
    stranger = signed_in(olaf)
    session = stranger.session
    session["recovery_code"] = client.session["recovery_code"]
    session.save()
    assert added(stranger).status_code == 200
    assert olaf.totp_authenticators.count() == 1


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("/console/me/recovery-codes/", id="new codes"),
        pytest.param("/console/me/authenticators/{authenticator}/rename/", id="rename"),
        pytest.param("/console/me/authenticators/{authenticator}/remove/", id="remove"),
        pytest.param("/console/apps/new/", id="an app"),
        pytest.param("/console/accounts/user/add/", id="a person"),
    ],
)
def test_it_changes_nothing_else_even_with_a_code_of_the_authenticator(
    ada: User, codes: list[str], page: str
) -> None:
    client, _ = tried(ada, codes[0])
    address = page.format(authenticator=ada.totp_authenticators.get().persistent_id)
    shown = dict(
        re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', client.get(address).content.decode())
    )
    before = recorded(Action.ACCESS_DENIED)
    answer = client.post(address, {**shown, "name": "x", "password": PASSWORD, "code": code_of(ada)})
    assert answer.headers["Location"] == ME
    assert b"You signed in with a recovery code" in client.get(ME).content
    assert len(recorded(Action.ACCESS_DENIED)) == len(before) + 1


def test_it_signs_out(ada: User, codes: list[str]) -> None:
    client, _ = tried(ada, codes[0])
    client.post("/console/logout/")
    assert client.get(ME).status_code == 302


def test_signed_in_with_the_new_one_everything_is_open_again(ada: User, codes: list[str]) -> None:
    client, _ = tried(ada, codes[0])
    added(client)
    assert b"You signed in with a recovery code" not in signed_in_with_latest(ada).get(ME).content


def signed_in_with_latest(user: User) -> Client:
    user.totp_authenticators.exclude(name="new phone").delete()
    return signed_in(user)


def test_new_codes_end_the_session_that_an_old_one_opened(ada: User, codes: list[str]) -> None:
    client, _ = tried(ada, codes[0])
    with transaction.atomic():
        recovery_codes_replace(user=ada, actor=ada.actor, now=clock.now())
    assert client.get(ME).status_code == 302
