"""`POST /api/v1/tokens/verify`: the verdict, and being good once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import redis
import time_machine
from pytest_django import Settings

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.redis_link import redis_client as console_redis
from signing.backends.replay import ReplayGuard
from signing.domain.download_token import DOWNLOAD_TOKEN
from signing.domain.lifecycle import KeyPurpose
from signing.errors import ReplayStoreError, TokenRefusedError, TokenReplayedError
from signing.models import SigningKey
from signing.services import TokenQuestion, app_keys_ensure, release_claims, release_signer, token_judge
from signing.services.keys import keys_reconcile
from signing.services.loading import private_key_open
from signing.services.profiles import profile_change
from signing.services.replay import token_consume
from tests.integration.signing.conftest import CLINIC
from tests.support.at_once import at_once
from tests.support.back_end import BackEnd
from tests.support.forge import forge
from tests.support.tokens import DEVICE_ID, NOW, Release

BANK = "com.example.bank"
REPLAYED = {"valid": False, "code": "token_replayed"}
NONCE = "n" * 22
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def device_token(**changed: Any) -> str:
    arguments: dict[str, Any] = {
        "app_id": CLINIC,
        "device_id": DEVICE_ID,
        "decision": "install",
        "decision_seq": 12,
        "channel": "production",
        "release": Release(),
        "nonce": NONCE,
        "now_epoch": int(clock.epoch_seconds()),
    }
    return release_signer(CLINIC).sign(release_claims(**(arguments | changed)))


def twin_of(token: str) -> str:
    """The same token with the other signature that ECDSA allows."""
    signing_input, _, signature = token.rpartition(".")
    raw = b64url_decode(signature)
    other = (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    return f"{signing_input}.{b64url_encode(raw[:32] + other)}"


@pytest.fixture
def redis_down(settings: Settings) -> Iterator[None]:
    """A Redis behind a socket on which nobody listens."""
    settings.EFFECTIVE_REDIS_URL = "unix:///nowhere/redis.sock"
    console_redis.cache_clear()
    yield
    console_redis.cache_clear()


def test_a_devices_token_is_good_and_its_claims_are_told(back_end: BackEnd) -> None:
    answer = back_end.verify(device_token())
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    verdict = answer.json()
    assert (verdict["valid"], verdict["consumed"]) == (True, False)
    assert (verdict["claims"]["sub"], verdict["claims"]["version"]) == (DEVICE_ID, "2.4.1")
    assert set(verdict) == {"valid", "claims", "consumed"}


def test_subject_and_nonce_are_compared_if_they_are_named(back_end: BackEnd) -> None:
    token = device_token()
    assert back_end.verify(token, subject=DEVICE_ID, nonce=NONCE).json()["valid"]
    for wrong in ({"subject": "another"}, {"nonce": "m" * 22}, {"subject": DEVICE_ID + " "}):
        assert back_end.verify(token, **wrong).json() == {"valid": False, "code": "token_refused"}
    without = device_token(nonce=None)
    assert back_end.verify(without).json()["valid"]
    assert not back_end.verify(without, nonce=NONCE).json()["valid"]


def test_an_expired_token_is_told_so(back_end: BackEnd) -> None:
    token = device_token()
    with time_machine.travel(clock.now() + timedelta(seconds=900), tick=False):
        assert back_end.verify(token).json() == {"valid": False, "code": "token_expired"}


def test_a_token_is_good_once_if_it_is_used_up(back_end: BackEnd, redis_client: redis.Redis) -> None:
    for token in (device_token(), back_end.issue().json()["token"]):
        for _ in range(2):
            assert back_end.verify(token).json()["valid"]  # asking changes nothing
        assert back_end.verify(token, consume=True).json()["consumed"] is True
        assert back_end.verify(token, consume=True).json() == REPLAYED
        assert back_end.verify(token).json()["valid"]  # who doesn't ask isn't told
    assert len(redis_client.keys("rc:jti:*")) == 2


def test_what_is_remembered_says_nothing_and_ends_with_the_token(
    back_end: BackEnd, redis_client: redis.Redis
) -> None:
    token = device_token()
    jti = back_end.verify(token, consume=True).json()["claims"]["jti"]
    (name,) = redis_client.keys("rc:jti:*")
    assert len(name) == len("rc:jti:") + 32
    assert jti.encode() not in name
    assert redis_client.get(name) == b""
    assert 0 < redis_client.ttl(name) <= 960


def test_a_token_that_is_not_good_uses_nothing_up(back_end: BackEnd, redis_client: redis.Redis) -> None:
    token = device_token()
    back_end.verify(token, consume=True, subject="another")
    assert not redis_client.keys("rc:jti:*")
    assert back_end.verify(token, consume=True).json()["valid"]


def test_the_malleated_twin_of_a_used_token_is_a_replay(
    back_end: BackEnd, redis_client: redis.Redis, now: datetime
) -> None:
    profile_change(app_id=CLINIC, backend_algorithm=Algorithm.ES256, actor=SYSTEM, now=now)
    SigningKey.objects.filter(purpose=KeyPurpose.BACKEND_TOKEN).delete()
    keys_reconcile(now=now)
    for token in (device_token(), back_end.issue().json()["token"]):
        twin = twin_of(token)
        assert twin != token
        assert back_end.verify(twin).json()["valid"]
        assert back_end.verify(token, consume=True).json()["valid"]
        assert back_end.verify(twin, consume=True).json() == REPLAYED


def test_no_app_uses_up_the_token_of_another(clinic: str, kai: User, now: datetime) -> None:
    """A back end that holds its app's secret signs what it likes, another app's `jti` among it."""
    apps = (CLINIC, BANK)
    app_keys_ensure(app_id=BANK, actor=SYSTEM, now=now)
    for app_id in apps:
        profile_change(app_id=app_id, issues_backend_tokens=True, actor=SYSTEM, now=now)
    keys_reconcile(now=now)
    clinics, banks = (BackEnd(app_id, kai) for app_id in apps)
    token = banks.issue().json()["token"]
    claims = banks.verify(token).json()["claims"]

    row = SigningKey.objects.get(app_id=CLINIC, purpose=KeyPurpose.BACKEND_TOKEN, state="active")
    header = {"alg": "HS256", "kid": row.kid, "typ": "backend+jwt"}
    own = forge(header, {**claims, "aud": CLINIC}, private_key_open(row).sign)
    assert clinics.verify(own, consume=True).json()["valid"]

    assert banks.verify(token, consume=True).json()["valid"]
    assert banks.verify(token, consume=True).json() == REPLAYED


@pytest.mark.parametrize("round_", range(5))
def test_of_64_at_once_exactly_one_uses_a_token_up(redis_client: redis.Redis, round_: int) -> None:
    guard = ReplayGuard(redis_client)

    def use() -> bool:
        try:
            guard.consume(issuer="https://a.example", audience="a", jti="j" * 22, expires=NOW + 900, now=NOW)
        except TokenReplayedError:
            return False
        return True

    assert sum(at_once([use] * 64)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_verdicts_at_once_exactly_one_uses_a_token_up(
    redis_client: redis.Redis, now: datetime
) -> None:
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=now)
    question = TokenQuestion(device_token(), consume=True)

    def judge() -> bool:
        try:
            return bool(token_judge(app_id=CLINIC, question=question, actor=SYSTEM, now=now))
        except TokenReplayedError:
            return False

    assert sum(at_once([judge] * 8)) == 1


@pytest.mark.usefixtures("redis_down")
def test_without_redis_nothing_is_used_up_and_nothing_is_allowed(back_end: BackEnd) -> None:
    token = device_token()
    answer = back_end.verify(token, consume=True)
    assert (answer.status_code, answer.json()["code"]) == (503, "replay_store_unavailable")
    assert "valid" not in answer.json()
    assert back_end.verify(token).json()["valid"]  # this one doesn't need Redis


def test_a_guard_whose_redis_is_gone_refuses() -> None:
    guard = ReplayGuard(redis.Redis(unix_socket_path="/nowhere/redis.sock"))
    with pytest.raises(ReplayStoreError):
        guard.consume(issuer="i", audience="a", jti="j", expires=NOW + 900, now=NOW)


def test_issuer_audience_and_jti_are_never_taken_for_one_another(redis_client: redis.Redis) -> None:
    guard = ReplayGuard(redis_client)
    for issuer, audience, jti in (("a", "b", "cd"), ("ab", "c", "d"), ("a", "bc", "d"), ("", "abcd", "")):
        guard.consume(issuer=issuer, audience=audience, jti=jti, expires=NOW + 900, now=NOW)


def test_a_kind_that_is_not_for_single_use_is_not_used_up(redis_client: redis.Redis, now: datetime) -> None:
    """A download token is good for its whole life: for Range requests and retries."""
    with pytest.raises(TokenRefusedError, match="isn't valid") as caught:
        token_consume(kind=DOWNLOAD_TOKEN, claims={"iss": "i", "jti": "j", "exp": NOW}, now=now)
    assert "single use" in caught.value.reason
    assert not redis_client.keys("rc:jti:*")


def test_a_key_that_only_verifies_still_does(back_end: BackEnd, now: datetime) -> None:
    tokens = device_token(), back_end.issue().json()["token"]
    SigningKey.objects.filter(app_id=CLINIC, state="active").update(state="verify_only", deactivated_at=now)
    assert all(back_end.verify(token).json()["valid"] for token in tokens)


def test_after_a_rotation_the_last_tokens_of_the_old_secret_are_still_good(back_end: BackEnd) -> None:
    later = clock.now() + timedelta(hours=2)
    with time_machine.travel(later, tick=False):
        token = back_end.issue().json()["token"]
        old = SigningKey.objects.get(purpose=KeyPurpose.BACKEND_TOKEN, state="active")
        SigningKey.objects.filter(pk=old.pk).update(rotation_requested_at=later)
        keys_reconcile(now=later)
    with time_machine.travel(later + timedelta(minutes=14), tick=False):
        keys_reconcile(now=clock.now())
        assert SigningKey.objects.get(pk=old.pk).state == "verify_only"
        assert back_end.verify(token).json()["valid"]
        assert back_end.issue().json()["kid"] != old.kid
    with time_machine.travel(later + timedelta(hours=1), tick=False):
        keys_reconcile(now=clock.now())
        assert SigningKey.objects.get(pk=old.pk).sealed_private == ""


def test_a_secret_that_was_destroyed_keeps_no_other_key_from_verifying(
    back_end: BackEnd, now: datetime
) -> None:
    token = back_end.issue().json()["token"]
    old = SigningKey.objects.get(purpose=KeyPurpose.BACKEND_TOKEN, state="active")
    SigningKey.objects.filter(pk=old.pk).update(
        state="verify_only", deactivated_at=now, sealed_private="", private_destroyed_at=now
    )
    SigningKey.objects.filter(purpose=KeyPurpose.BACKEND_TOKEN, state="prepublished").update(
        state="active", activated_at=now
    )
    assert back_end.verify(back_end.issue().json()["token"]).json()["valid"]
    assert back_end.verify(token).json() == {"valid": False, "code": "token_refused"}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"token": ["a"]}, 422, "invalid_value"),
        ({"token": None}, 422, "invalid_value"),
        ({"token": "a\0b"}, 422, "invalid_value"),
        ({"consume": "perhaps"}, 422, "invalid_value"),
        ({"subject": ["a"]}, 422, "invalid_value"),
    ],
)
def test_a_question_of_another_shape_is_told_so(
    back_end: BackEnd, change: dict[str, Any], status: int, code: str
) -> None:
    answer = back_end.verify(**({"token": "a"} | change))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_only_who_may_verify_is_answered(clinic: str, back_end: BackEnd, kai: User) -> None:
    issuer = BackEnd(clinic, kai, Permission.TOKEN_ISSUE)
    assert issuer.verify(device_token()).status_code == 403
    stranger = BackEnd(BANK, kai)
    assert stranger.verify(device_token()).json() == {"valid": False, "code": "token_refused"}
