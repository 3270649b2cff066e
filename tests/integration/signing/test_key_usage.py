"""Use of keys is counted once, however often it is flushed, drained or lost on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis

from signing.backends.redis import KEY_EXPIRIES_KEY
from signing.models import KeyUsage
from signing.services import download_tokens, release_issuer
from signing.services.usage import key_issues, key_usage_drain, key_use_flush, key_verifications
from tests.integration.signing.conftest import signs
from tests.support.tokens import DEVICE_ID


def count(app_id: str, now: datetime, *, issued: int = 0, verified: int = 0) -> None:
    kid = signs(app_id).key_id
    for _ in range(issued):
        key_issues(kid).note()
    for _ in range(verified):
        key_verifications(kid).note()
    key_use_flush(now_epoch=int(now.timestamp()))


def usage(app_id: str) -> KeyUsage:
    return KeyUsage.objects.get(key=signs(app_id))


def test_what_is_signed_is_counted_and_says_what_the_key_must_outlive(
    clinic: str, now: datetime, redis_client: redis.Redis
) -> None:
    count(clinic, now, issued=3, verified=2)
    assert key_usage_drain(now=now) == 1
    row = usage(clinic)
    assert (row.issued, row.verified, row.last_issued_at, row.last_verified_at) == (3, 2, now, now)
    assert row.last_expires_at == datetime.fromtimestamp(int(now.timestamp()) + 900, UTC)


def test_nothing_counts_twice(clinic: str, now: datetime, redis_client: redis.Redis) -> None:
    for _ in range(3):
        count(clinic, now, issued=2)
        key_use_flush(now_epoch=int(now.timestamp()))
        assert key_usage_drain(now=now)
        assert key_usage_drain(now=now) == 0
    assert usage(clinic).issued == 6


def test_a_redis_that_lost_its_counts_takes_nothing_from_ours(
    clinic: str, now: datetime, redis_client: redis.Redis
) -> None:
    count(clinic, now, issued=5)
    key_usage_drain(now=now)
    redis_client.flushall()
    count(clinic, now, issued=2)
    key_usage_drain(now=now)
    assert usage(clinic).issued == 7


def test_what_redis_did_not_take_is_handed_over_the_next_time(
    clinic: str, now: datetime, redis_client: redis.Redis, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = redis.Redis.from_url("unix:///nowhere/redis.sock")
    with monkeypatch.context() as cut:
        cut.setattr("signing.services.usage.redis_client", lambda: away)
        with pytest.raises(redis.RedisError):
            count(clinic, now, issued=4)
    count(clinic, now, issued=1)
    key_usage_drain(now=now)
    assert usage(clinic).issued == 5


def test_the_latest_expiry_never_goes_back(clinic: str, now: datetime, redis_client: redis.Redis) -> None:
    count(clinic, now, issued=1)
    key_usage_drain(now=now)
    latest = usage(clinic).last_expires_at
    count(clinic, now - timedelta(hours=1), issued=1)  # a process whose clock is behind
    key_usage_drain(now=now)
    assert usage(clinic).last_expires_at == latest


def test_every_way_of_signing_counts(
    clinic: str, console: None, now: datetime, redis_client: redis.Redis
) -> None:
    issuer, epoch = release_issuer(clinic), int(now.timestamp())
    prepared = issuer.prepare(decision="hold", decision_seq=0, channel="")
    issuer.issue(prepared, device_id=DEVICE_ID, now_epoch=epoch)
    download_tokens().issue(device_id=DEVICE_ID, app_id=clinic, sha256="ab" * 32, now_epoch=epoch)
    key_use_flush(now_epoch=epoch)
    key_usage_drain(now=now)
    assert (usage(clinic).issued, usage("").issued) == (1, 1)


def test_an_expiry_of_somebodys_own_making_keeps_no_key(
    clinic: str, now: datetime, redis_client: redis.Redis
) -> None:
    count(clinic, now, issued=1)
    redis_client.zadd(KEY_EXPIRIES_KEY, {signs(clinic).key_id: 1e15})
    key_usage_drain(now=now)
    latest = usage(clinic).last_expires_at
    assert latest is not None
    assert latest <= now + timedelta(seconds=960)
