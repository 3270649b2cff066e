"""What each key was used for: counted in the process, gathered in Redis, kept in the database.

Counting is part of the hot path, so it costs one step of a C iterator. A process that dies loses what it
counted since its last flush, a second at most; nothing counts twice. How long a key's tokens may live is no
statistic: it decides when the key stops verifying, so a flush always says the latest `exp` that may have been
signed until then.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Final, cast

from django.conf import settings
from django.db import transaction

from releaseconsole.redis_link import redis_client
from signing.backends.redis import KEY_EXPIRIES_KEY, KEY_ISSUED_KEY, KEY_VERIFIED_KEY
from signing.models import KeyUsage, SigningKey


class KeyUse:
    """Counts what one key signed or verified in this process; safe to share between threads."""

    __slots__ = ("_flushed", "_numbers", "kid", "so_far")

    def __init__(self, kid: str) -> None:
        self.kid: Final = kid
        self.so_far = 0
        self._numbers: Final = count(1)
        self._flushed = 0

    def note(self) -> int:
        """Count one more, and say how many that makes."""
        self.so_far = number = next(self._numbers)
        return number

    def pending(self) -> int:
        """How many haven't been flushed."""
        return self.so_far - self._flushed

    def flushed(self, number: int) -> None:
        """Note that so many have been."""
        self._flushed += number


_issued: Final[dict[str, KeyUse]] = {}
_verified: Final[dict[str, KeyUse]] = {}


def key_issues(kid: str) -> KeyUse:
    """Return this process's count of what a key signed; the same one each time."""
    return _issued.setdefault(kid, KeyUse(kid))


def key_verifications(kid: str) -> KeyUse:
    """Return this process's count of what was verified with a key."""
    return _verified.setdefault(kid, KeyUse(kid))


def key_use_flush(*, now_epoch: int) -> None:
    """Hand what this process counted to Redis; what Redis didn't take is handed over the next time.

    Raises:
        redis.RedisError: It isn't there.
    """
    uses = [(name, use, use.pending()) for name, use in _counted() if use.pending()]
    if not uses:
        return
    # Without MULTI a pipeline can half-apply, and half of it would count twice.
    pipeline = redis_client().pipeline(transaction=True)
    for name, use, number in uses:
        pipeline.hincrby(name, use.kid, number)
        if name == KEY_ISSUED_KEY:
            pipeline.zadd(KEY_EXPIRIES_KEY, {use.kid: now_epoch + settings.TOKEN_LIFETIME}, gt=True)
    pipeline.execute()
    for _, use, number in uses:
        use.flushed(number)


def _counted() -> list[tuple[str, KeyUse]]:
    return [(KEY_ISSUED_KEY, use) for use in list(_issued.values())] + [
        (KEY_VERIFIED_KEY, use) for use in list(_verified.values())
    ]


def key_usage_drain(*, now: datetime) -> int:
    """Bring the database up to what Redis has counted; returns how many keys were used.

    Raises:
        redis.RedisError: It isn't there.
    """
    client = redis_client()
    issued = cast("Mapping[bytes, bytes]", client.hgetall(KEY_ISSUED_KEY))
    verified = cast("Mapping[bytes, bytes]", client.hgetall(KEY_VERIFIED_KEY))
    expiries = dict(
        cast("list[tuple[bytes, float]]", client.zrange(KEY_EXPIRIES_KEY, 0, -1, withscores=True))
    )
    kids = {kid.decode() for kid in issued.keys() | verified.keys()}
    used = 0
    for key in SigningKey.objects.filter(kid__in=kids):
        kid = key.key_id.encode()
        used += _usage_take(key, int(issued.get(kid, 0)), int(verified.get(kid, 0)), expiries.get(kid), now)
    return used


@transaction.atomic
def _usage_take(key: SigningKey, issued: int, verified: int, expires: float | None, now: datetime) -> bool:
    usage, _ = KeyUsage.objects.select_for_update().get_or_create(key=key)
    new_issued, new_verified = _new(issued, usage.issued_seen), _new(verified, usage.verified_seen)
    if not new_issued and not new_verified:
        return False
    usage.issued, usage.issued_seen = usage.issued + new_issued, issued
    usage.verified, usage.verified_seen = usage.verified + new_verified, verified
    if new_issued:
        usage.last_issued_at = now
    if new_verified:
        usage.last_verified_at = now
    if expires is not None:
        # Nothing alive now can end later than this, whatever Redis says; a number of somebody's own making
        # would keep a key for ever, or be no date at all.
        latest = now.timestamp() + settings.TOKEN_LIFETIME + settings.CLOCK_SKEW_SECONDS
        at = datetime.fromtimestamp(min(expires, latest), UTC)
        usage.last_expires_at = max(usage.last_expires_at or at, at)
    usage.save()
    return True


def _new(counted: int, seen: int) -> int:
    """Say how many are new; a Redis that lost its count begins again from nothing."""
    return counted - seen if counted >= seen else counted
