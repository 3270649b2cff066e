"""Guessing at passwords gets slow and then impossible, and no stranger locks a colleague out by it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client

from accounts.domain.throttling import MOST_IN_A_ROW, Scope, Source
from accounts.errors import ThrottledError
from accounts.models import FailedAttempts, User
from accounts.services.throttle import attempt_begin, attempts_forget, password_places
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.at_once import at_once
from tests.support.counting_hasher import CountingHasher
from tests.support.people import PASSWORD, code_of, signs_in
from tests.support.shipping import recorded

LOGIN, SECOND = "/console/login/", "/console/login/second/"
TOO_MANY = b"Too many attempts"


@pytest.fixture(autouse=True)
def cheap_hashes(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def guess(address: str = "198.51.100.7", *, email: str = "rita@example.com", **headers: str) -> Any:
    fields = {"email": email, "password": "one guess of very many"}
    return Client(REMOTE_ADDR=address).post(LOGIN, fields, headers=headers)


def comes_in(client: Client, rita: User) -> bool:
    signs_in(client, code=code_of(rita))
    return client.get("/console/").status_code == 200


def test_six_wrong_passwords_are_free_and_then_each_one_waits_longer(rita: User, time: Any) -> None:
    assert [TOO_MANY in guess().content for _ in range(7)] == [False] * 6 + [True]
    time.shift(1.1)
    assert [TOO_MANY in guess().content for _ in range(2)] == [False, True]
    time.shift(1.1)
    assert TOO_MANY in guess().content
    time.shift(1)
    assert TOO_MANY not in guess().content


def test_a_throttled_attempt_is_not_looked_at(rita: User, time: Any, settings: LazySettings) -> None:
    for _ in range(6):
        guess()
    settings.PASSWORD_HASHERS = ["tests.support.counting_hasher.CountingHasher"]
    CountingHasher.hashed = 0
    answer = Client(REMOTE_ADDR="198.51.100.7").post(
        LOGIN, {"email": "rita@example.com", "password": PASSWORD}
    )
    assert TOO_MANY in answer.content
    assert CountingHasher.hashed == 0


def test_a_stranger_elsewhere_does_not_slow_rita_down(rita: User, time: Any) -> None:
    for _ in range(20):
        guess()
    assert comes_in(Client(), rita)


def test_a_network_of_strangers_does_not_keep_rita_out_of_her_own_browser(rita: User, time: Any) -> None:
    usual = Client()
    assert comes_in(usual, rita)
    usual.post("/console/logout/")
    for number in range(MOST_IN_A_ROW):
        guess(f"198.51.100.{number}")
    assert TOO_MANY in guess("203.0.113.1").content
    assert TOO_MANY in signs_in(Client(), code=code_of(rita)).content  # a new browser is a stranger's too
    assert comes_in(usual, rita)
    assert TOO_MANY not in guess("203.0.113.1").content  # she was here: the count begins anew


def test_a_known_browser_has_a_count_of_its_own_and_it_ends_too(rita: User, time: Any) -> None:
    usual = Client()
    assert comes_in(usual, rita)
    usual.post("/console/logout/")
    for number in range(MOST_IN_A_ROW):
        usual.post(
            LOGIN, {"email": "rita@example.com", "password": "a thief"}, REMOTE_ADDR=f"198.51.100.{number}"
        )
    assert TOO_MANY in signs_in(usual, code=code_of(rita)).content
    assert TOO_MANY not in guess("203.0.113.1").content  # the strangers' count is another one


@pytest.mark.parametrize(
    "cookie", [pytest.param("", id="none"), pytest.param("made:up:cookie", id="made-up")]
)
def test_a_browser_is_known_by_a_signature_only(rita: User, time: Any, cookie: str) -> None:
    for number in range(MOST_IN_A_ROW):
        guess(f"198.51.100.{number}")
    client = Client(REMOTE_ADDR="203.0.113.1")
    client.cookies["known-browser"] = cookie
    assert TOO_MANY in client.post(LOGIN, {"email": "rita@example.com", "password": PASSWORD}).content


def test_anothers_known_browser_is_a_strangers(rita: User, ada: User, time: Any) -> None:
    client = Client()
    signs_in(client, email="ada@example.com", code=code_of(ada))
    client.post("/console/logout/")
    for number in range(MOST_IN_A_ROW):
        guess(f"198.51.100.{number}")
    assert TOO_MANY in signs_in(client, code=code_of(rita)).content


def test_an_account_that_does_not_exist_is_throttled_like_one_that_does(rita: User, time: Any) -> None:
    def answers(email: str, address: str) -> list[bool]:
        return [TOO_MANY in guess(address, email=email).content for _ in range(8)]

    assert answers("nobody@example.com", "198.51.100.8") == answers("rita@example.com", "198.51.100.9")
    for number in range(MOST_IN_A_ROW):
        guess(f"192.0.2.{number}", email="nobody@example.com")
    assert TOO_MANY in guess("203.0.113.1", email="nobody@example.com").content


def test_one_address_that_tries_many_accounts_is_slowed_down(rita: User, time: Any) -> None:
    tried = [TOO_MANY in guess(email=f"somebody{number}@example.com").content for number in range(32)]
    assert tried == [False] * 31 + [True]
    assert TOO_MANY not in guess("198.51.100.8", email="somebody@example.com").content


def test_a_stranger_at_ritas_address_does_not_keep_her_out_of_her_own_browser(rita: User, time: Any) -> None:
    home = Client(REMOTE_ADDR="198.51.100.7")
    assert comes_in(home, rita)
    home.post("/console/logout/")
    time.shift(60)
    for number in range(40):
        guess(email=f"{number}@example.com")
    assert TOO_MANY in guess(email="one-more@example.com").content
    assert comes_in(home, rita)


def test_neighbours_in_one_ipv6_network_are_one_place(rita: User, time: Any) -> None:
    for number in range(1, 7):
        guess(f"2001:db8::{number}")
    assert TOO_MANY in guess("2001:db8::ffff").content
    assert TOO_MANY not in guess("2001:db8:0:1::1").content


def test_a_made_up_forwarding_header_gives_no_fresh_count(rita: User, time: Any) -> None:
    for number in range(6):
        guess(**{"X-Forwarded-For": f"203.0.113.{number}"})
    assert TOO_MANY in guess(**{"X-Forwarded-For": "203.0.113.77"}).content


def test_behind_a_declared_proxy_each_client_has_its_own_count(
    rita: User, time: Any, settings: LazySettings
) -> None:
    settings.TRUSTED_PROXIES = 1
    for _ in range(6):
        guess(**{"X-Forwarded-For": "6.6.6.6, 203.0.113.5"})
    assert TOO_MANY in guess(**{"X-Forwarded-For": "7.7.7.7, 203.0.113.5"}).content
    assert TOO_MANY not in guess(**{"X-Forwarded-For": "203.0.113.6"}).content


def test_the_right_password_forgives_what_failed_before_at_this_address(rita: User, time: Any) -> None:
    client = Client(REMOTE_ADDR="198.51.100.7")
    for _ in range(5):
        guess()
    assert comes_in(client, rita)
    assert [TOO_MANY in guess().content for _ in range(6)] == [False] * 6


def test_the_right_password_counts_nowhere_as_a_failure(rita: User, time: Any) -> None:
    for _ in range(40):
        client = Client()
        client.post(LOGIN, {"email": "rita@example.com", "password": PASSWORD})
        assert client.get("/console/login/second/").status_code == 200


def test_throttled_attempts_do_not_flood_the_audit_log(rita: User, time: Any) -> None:
    for _ in range(30):
        guess()
    assert len(recorded(Action.SIGN_IN_REFUSED)) == 6


def test_no_address_is_kept_in_clear(rita: User, time: Any) -> None:
    guess()
    rows = str(list(FailedAttempts.objects.values()))
    assert "198.51.100.7" not in rows
    assert "rita" not in rows


def test_counts_of_places_are_dropped_and_those_of_people_stay(rita: User, time: Any) -> None:
    guess()
    guess(email="nobody@example.com")
    time.shift(timedelta(days=2, seconds=1))
    assert attempts_forget() == 3
    assert set(FailedAttempts.objects.values_list("person", flat=True)) == {rita.pk}


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_counted_like_guesses_in_a_row(rita: User) -> None:
    places = password_places(email=rita.email, person=rita, source=Source(network="198.51.100.7"))

    def attempt() -> bool:
        try:
            attempt_begin(places)
        except ThrottledError:
            return False
        return True

    with time_machine.travel(clock.now(), tick=False):
        assert sum(at_once([attempt] * 12)) == 6
    assert FailedAttempts.objects.get(scope=Scope.ACCOUNT_AT_ADDRESS.value).failures == 6


@pytest.mark.parametrize("lookalike", ["r\u0131ta@example.com", "R\u0130TA@EXAMPLE.COM"])
def test_an_address_that_looks_like_ritas_finds_nobody(rita: User, client: Client, lookalike: str) -> None:
    assert not User.objects.addressed(lookalike).exists()
    client.post(LOGIN, {"email": lookalike, "password": PASSWORD})
    assert client.get(SECOND).status_code == 302  # to the first page
    assert password_places(email=lookalike, person=None, source=Source("x")) == password_places(
        email="\u0131", person=None, source=Source("x")
    )


def test_an_account_that_guessing_has_ended_is_remembered_whether_it_exists_or_not(rita: User) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        for email, person in (("rita@example.com", rita), ("nobody@example.com", None)):
            attempt_begin(password_places(email=email, person=person, source=Source("203.0.113.9")))
        FailedAttempts.objects.filter(scope=Scope.STRANGERS.value).update(failures=100)
        travel.shift(timedelta(days=3))
        attempts_forget()
        for email, person in (("rita@example.com", rita), ("nobody@example.com", None)):
            with pytest.raises(ThrottledError):
                attempt_begin(password_places(email=email, person=person, source=Source("198.51.100.1")))
