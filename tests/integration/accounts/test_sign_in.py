"""Signing in takes two pages, password and second factor; strangers learn nothing from either."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from pytest_django import Settings

from accounts.domain.totp import seed_text
from accounts.models import Letter, User
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.counting_hasher import CountingHasher
from tests.support.operator import totp
from tests.support.people import PASSWORD, SEED, code_of, signed_in, signs_in
from tests.support.shipping import recorded

LOGIN, SECOND = "/console/login/", "/console/login/second/"
REFUSED = b"E-mail or password didn&#x27;t match."
WRONG = {"code": "000000"}


def password_of_rita(client: Client, **changed: str) -> Any:
    return client.post(LOGIN, {"email": "rita@example.com", "password": PASSWORD} | changed)


def is_inside(client: Client) -> bool:
    return client.get("/console/").status_code == 200


def test_both_factors_open_a_verified_session_under_a_new_key(rita: User, client: Client) -> None:
    client.session.save()
    keys = [client.session.session_key]
    assert password_of_rita(client).headers["Location"] == SECOND
    keys.append(client.session.session_key)
    assert not is_inside(client)
    assert client.post(SECOND, {"code": code_of(rita)}).headers["Location"] == "/console/"
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert client.session[DEVICE_ID_SESSION_KEY] == rita.totp_authenticators.get().persistent_id
    assert is_inside(client)
    assert [event.actor_id for event in recorded(Action.SIGNED_IN)] == [str(rita.pk)]


def test_the_address_is_found_whatever_its_case(rita: User, client: Client) -> None:
    signs_in(client, email="Rita@Example.COM")
    assert is_inside(client)


def _nothing(_rita: User) -> None: ...


def _deactivate(rita: User) -> None:
    User.objects.filter(pk=rita.pk).update(is_active=False)


def _take_password(rita: User) -> None:
    rita.set_unusable_password()
    rita.save()


REFUSALS = [
    pytest.param({"password": "not her passphrase at all"}, _nothing, id="wrong-password"),
    pytest.param({"email": "nobody@example.com"}, _nothing, id="unknown-address"),
    pytest.param({}, _deactivate, id="deactivated"),
    pytest.param({}, _take_password, id="invited-without-a-password"),
]


@pytest.mark.parametrize(("changed", "before"), REFUSALS)
def test_whatever_does_not_match_gets_the_same_answer(
    rita: User, client: Client, changed: dict[str, str], before: Callable[[User], None]
) -> None:
    before(rita)
    answer = password_of_rita(client, **changed)
    assert answer.status_code == 200
    assert REFUSED in answer.content
    assert client.get(SECOND).headers["Location"] == LOGIN
    assert [event.outcome for event in recorded(Action.SIGN_IN_REFUSED)] == ["denied"]


@pytest.mark.parametrize(("changed", "before"), REFUSALS)
def test_whatever_does_not_match_costs_the_same_hashing(
    rita: User, client: Client, settings: Settings, changed: dict[str, str], before: Callable[[User], None]
) -> None:
    settings.PASSWORD_HASHERS = ["tests.support.counting_hasher.CountingHasher"]
    before(rita)
    CountingHasher.hashed = 0
    password_of_rita(client, **changed)
    assert CountingHasher.hashed == 1


def test_a_password_is_one_however_the_keyboard_composes_it(rita: User, client: Client) -> None:
    rita.set_password("un café noir ﬁdèle")
    rita.save()
    signs_in(client, password="un cafe\u0301 noir fide\u0300le")
    assert is_inside(client)


def test_a_code_works_once(rita: User, client: Client) -> None:
    code = code_of(rita)
    signs_in(client, code=code)
    assert is_inside(client)
    second = Client()
    signs_in(second, code=code)
    assert not is_inside(second)


def test_a_wrong_code_is_refused_on_record_and_can_be_typed_again(rita: User, client: Client) -> None:
    answer = signs_in(client, **WRONG)
    assert b"The code didn&#x27;t match." in answer.content
    assert not is_inside(client)
    assert [event.actor_id for event in recorded(Action.SIGN_IN_REFUSED)] == [str(rita.pk)]
    with time_machine.travel(clock.now() + timedelta(seconds=2), tick=True):
        client.post(SECOND, {"code": code_of(rita)})
    assert is_inside(client)


def test_a_wrong_code_makes_the_next_one_wait(rita: User, client: Client) -> None:
    with time_machine.travel(clock.now(), tick=False):
        signs_in(client, **WRONG)
        client.post(SECOND, {"code": code_of(rita)})
        assert not is_inside(client)


def test_who_has_the_password_cannot_keep_its_owner_out_for_long(rita: User, client: Client) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        password_of_rita(client)
        for _ in range(20):
            client.post(SECOND, WRONG)
            time.shift(61)
            if client.get(SECOND).status_code == 302:
                password_of_rita(client)
        signs_in(client, code=code_of(rita))
        assert is_inside(client)


def test_a_hundred_wrong_codes_end_codes_until_there_is_another_password(rita: User, client: Client) -> None:
    rita.totp_authenticators.update(
        throttling_failure_count=99, throttling_failure_timestamp=clock.now() - timedelta(days=1)
    )
    signs_in(client, **WRONG)
    with time_machine.travel(clock.now() + timedelta(days=400), tick=True):
        signs_in(client, code=code_of(rita))
        assert not is_inside(client)
    assert "No code is taken any more." in Letter.objects.get(person=rita).body


def test_five_wrong_codes_after_the_password_are_told_by_letter_once(rita: User, client: Client) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(6):
            signs_in(client, **WRONG)
            time.shift(61)
    assert ["knows your password" in letter.body for letter in Letter.objects.filter(person=rita)] == [True]


def test_a_code_may_be_typed_with_spaces(rita: User, client: Client) -> None:
    code = code_of(rita)
    signs_in(client, code=f"{code[:3]} {code[3:]}")
    assert is_inside(client)


def test_the_password_is_good_for_ten_minutes(rita: User, client: Client) -> None:
    password_of_rita(client)
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=True):
        assert client.post(SECOND, {"code": totp(seed_text(SEED))}).headers["Location"] == LOGIN
        assert not is_inside(client)


@pytest.mark.parametrize("before", [_deactivate, _take_password])
def test_what_changes_between_the_factors_counts(
    rita: User, client: Client, before: Callable[[User], None]
) -> None:
    password_of_rita(client)
    before(rita)
    assert client.post(SECOND, {"code": totp(seed_text(SEED))}).headers["Location"] == LOGIN


def test_another_persons_code_does_not_do(rita: User, ada: User, client: Client) -> None:
    ada.totp_authenticators.all().delete()
    password_of_rita(client, email="ada@example.com")
    client.post(SECOND, {"code": code_of(rita)})
    assert not is_inside(client)


def test_a_pending_sign_in_drops_the_session_of_who_was_in_before(rita: User, ada: User) -> None:
    client = signed_in(ada)
    old = client.session.session_key
    password_of_rita(client)
    assert not is_inside(client)
    assert not Session.objects.filter(pk=old).exists()


def test_only_kinds_that_the_person_has_are_offered(rita: User, client: Client) -> None:
    password_of_rita(client)
    assert b'name="code"' in client.get(SECOND).content
    User.objects.filter(pk=rita.pk).update(last_login=clock.now())
    rita.totp_authenticators.all().delete()
    page = client.get(SECOND).content
    assert b'name="code"' not in page
    assert b"You have no authenticator any more" in page


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
    assert signs_in(client, next=wanted).headers["Location"] == reached


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
