"""Keys of trusted issuers: fetched seldom, shared, renewed in time, believed a while when nobody answers."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
import time_machine
from pytest_django import Settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.backends import issuer_cache
from accounts.errors import IssuerUnavailableError
from accounts.services import issuer_keys
from accounts.services.issuer_keys import TrustedIssuer, issuer_metadata, issuer_token_verify
from releaseconsole.kernel.jose.errors import TokenKeyUnknownError, TokenRefusedError
from releaseconsole.kernel.jose.foreign import ForeignExpected
from tests.support.at_once import at_once
from tests.support.issuer import DISCOVERY, KEYS, RunningIssuer, failing, issuer_started, saying

START = 1_900_000_020  # the twentieth second of a minute


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as travelling:
        yield travelling


@pytest.fixture
def issuer(
    redis_client: redis.Redis, settings: Settings, clock: time_machine.Traveller
) -> Iterator[RunningIssuer]:
    settings.ISSUER_PRIVATE_HOSTS = ["127.0.0.1"]
    with issuer_started() as running:
        yield running


def trusted(issuer: RunningIssuer, **more: Any) -> TrustedIssuer:
    return TrustedIssuer(url=issuer.url, **more)


def verify(issuer: RunningIssuer, **header: Any) -> dict[str, Any]:
    expected = ForeignExpected(
        issuer=issuer.url, audience="us", types=frozenset({"jwt"}), longest_age=600, longest_life=600
    )
    token = issuer.token({"aud": "us", "sub": "job"}, **header)
    return issuer_token_verify(token=token, issuer=trusted(issuer), expected=expected)


def test_a_token_is_verified_with_keys_that_are_fetched_once(issuer: RunningIssuer) -> None:
    for _ in range(3):
        assert verify(issuer)["sub"] == "job"
    assert issuer.asked == {DISCOVERY: 1, KEYS: 1}


def test_a_rotated_key_is_found_at_once(issuer: RunningIssuer, clock: time_machine.Traveller) -> None:
    verify(issuer)
    clock.shift(60)
    issuer.rotate()
    assert verify(issuer)["sub"] == "job"
    assert issuer.asked == {DISCOVERY: 1, KEYS: 2}


def test_a_storm_of_unknown_keys_is_one_request_a_minute(
    issuer: RunningIssuer, clock: time_machine.Traveller
) -> None:
    verify(issuer)
    for minute in range(1, 4):
        clock.shift(60)
        for number in range(20):
            with pytest.raises(TokenKeyUnknownError):
                verify(issuer, kid=f"made-up-{minute}-{number}")
        assert issuer.asked[KEYS] == 1 + minute
    assert verify(issuer)


def test_a_storm_from_many_at_once_is_one_request_too(
    issuer: RunningIssuer, clock: time_machine.Traveller
) -> None:
    verify(issuer)
    clock.shift(60)

    def storm() -> str:
        with pytest.raises(TokenKeyUnknownError):
            verify(issuer, kid="made-up")
        return ""

    at_once([storm] * 8)
    assert issuer.asked[KEYS] == 2


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("max-age=300", 300), ("max-age=86400", 3600), ("max-age=0", 60), ("no-store", 60), ("", 60)],
)
def test_keys_are_fresh_for_as_long_as_is_said_between_a_minute_and_an_hour(
    issuer: RunningIssuer, clock: time_machine.Traveller, said: str, seconds: int
) -> None:
    issuer.cache_control = said
    verify(issuer)
    clock.shift(seconds - 1)
    verify(issuer)
    assert issuer.asked[KEYS] == 1
    clock.shift(1)
    verify(issuer)
    assert issuer.asked[KEYS] == 2


def test_while_the_issuer_fails_its_last_keys_are_believed_for_a_day(
    issuer: RunningIssuer, clock: time_machine.Traveller
) -> None:
    verify(issuer)
    issuer.misbehaviours = {DISCOVERY: failing, KEYS: failing}
    clock.shift(86_399)
    assert verify(issuer)
    asked = issuer.asked.total()
    assert verify(issuer)
    assert issuer.asked.total() == asked  # once a minute, also while it fails
    clock.shift(1)
    with pytest.raises(IssuerUnavailableError):
        verify(issuer)


@pytest.mark.parametrize(
    "garbage",
    [
        b"<html>",
        b"{}",
        b'{"keys":[]}',
        b'{"keys":[{"kty":"oct","kid":"first","k":"AAAA"}]}',
        b"\xff",
    ],
)
def test_garbage_never_replaces_good_keys(
    issuer: RunningIssuer, clock: time_machine.Traveller, garbage: bytes
) -> None:
    verify(issuer)
    issuer.misbehaviours = {KEYS: saying(garbage)}
    clock.shift(600)
    assert verify(issuer)
    assert issuer.asked[KEYS] == 2


def test_where_nothing_is_known_a_failure_is_told_and_not_repeated_within_the_minute(
    issuer: RunningIssuer, clock: time_machine.Traveller
) -> None:
    issuer.misbehaviours = {KEYS: saying(b"{}")}
    for _ in range(3):
        with pytest.raises(IssuerUnavailableError):
            verify(issuer)
    assert issuer.asked[KEYS] == 1
    issuer.misbehaviours = {}
    clock.shift(60)
    assert verify(issuer)


def test_who_comes_while_the_first_is_fetching_fetches_too_where_nothing_is_known(
    redis_client: redis.Redis,
) -> None:
    cache = issuer_cache.IssuerCache(redis_client)
    turns = [cache.may_fetch("u", now=START, nothing_known=True) for _ in range(2)]
    assert turns == [True, True]
    assert not cache.may_fetch("u", now=START, nothing_known=False)
    cache.fetch_failed("u", now=START)
    assert not cache.may_fetch("u", now=START, nothing_known=True)


DOCUMENTS = [
    pytest.param({"issuer": "https://evil.example"}, "of another issuer", id="of another issuer"),
    pytest.param({"issuer": None}, "of another issuer", id="of nobody"),
    pytest.param({"jwks_uri": None}, "no jwks_uri", id="without keys"),
    pytest.param({"jwks_uri": "https://evil.example/keys"}, "a host that isn't", id="keys elsewhere"),
    pytest.param({"jwks_uri": "http://127.0.0.1:1/keys"}, "a host that isn't", id="keys at another port"),
    pytest.param({"jwks_uri": "http://10.0.0.1/keys"}, "not https", id="keys inside the network"),
    pytest.param({"jwks_uri": "file:///etc/passwd"}, "not a URL", id="keys in a file"),
]


@pytest.mark.parametrize(("further", "reason"), DOCUMENTS)
def test_a_discovery_document_that_doesnt_fit_is_refused(
    issuer: RunningIssuer, further: dict[str, Any], reason: str
) -> None:
    issuer.further = further
    with pytest.raises(IssuerUnavailableError) as caught:
        issuer_metadata(issuer=trusted(issuer))
    assert reason in caught.value.reason


def test_keys_may_be_at_a_host_that_is_listed(issuer: RunningIssuer) -> None:
    issuer.further = {"jwks_uri": "https://keys.example/keys"}
    listed = trusted(issuer, key_hosts=frozenset({"keys.example:443"}))
    assert issuer_metadata(issuer=listed)["jwks_uri"] == "https://keys.example/keys"


def test_a_document_planted_in_redis_isnt_believed(issuer: RunningIssuer, redis_client: redis.Redis) -> None:
    verify(issuer)
    name, other = sorted(redis_client.keys("rc:issuer:document:*"))
    planted: Any = redis_client.get(other)
    redis_client.set(name, planted)  # sealed, but for another URL
    redis_client.set(other, b"planted")
    redis_client.delete(*redis_client.keys("rc:issuer:turn:*"))
    assert verify(issuer)
    assert issuer.asked == {DISCOVERY: 2, KEYS: 2}


def test_without_redis_nothing_is_verified(issuer: RunningIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(issuer_keys, "redis_client", lambda: nobody)
    with pytest.raises(IssuerUnavailableError) as caught:
        verify(issuer)
    assert caught.value.reason == "Redis doesn't answer"


def test_a_bad_token_is_refused_as_what_it_is(issuer: RunningIssuer) -> None:
    with pytest.raises(TokenRefusedError):
        verify(issuer, typ="at+jwt")


def test_keys_of_one_issuer_are_never_used_for_another(issuer: RunningIssuer) -> None:
    expected = ForeignExpected(
        issuer="https://other.example", audience="us", types=frozenset({"jwt"}), longest_age=1, longest_life=1
    )
    with pytest.raises(ValueError, match="own issuer"):
        issuer_token_verify(token="", issuer=trusted(issuer), expected=expected)
