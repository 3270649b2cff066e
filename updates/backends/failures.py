"""Which devices a version failed on, in Redis: one set of device ids per app and version.

The database is the truth (`InstallOutcome`); services/failures.py copies it here after each commit and
compares the two now and then. A set that holds all there are carries a mark, which no device can be named by:
one that Redis lost, or that was begun anew without the earlier failures, lacks it. Whoever can't know takes a
version for failed: a device that stays as it is for a minute is fine, one that loops through a broken update
isn't. So ask only about versions that the device doesn't run, and that failed somewhere.
"""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Final, NamedTuple, cast

import redis
from django.conf import settings

from releaseconsole.kernel import clock
from releaseconsole.redis_link import redis_client

INDEX_KEY: Final = "rc:failed"
# A device waits for this answer; a Redis that was away a moment ago isn't asked again by every check.
_ANSWER_SECONDS: Final = 0.25
_AWAY_SECONDS: Final = 1.0
_MARK: Final = ""
_PER_CALL: Final = 1000


class FailedVersion(NamedTuple):
    """A version of an app that failed on some device."""

    app_id: str
    version: str

    @property
    def key(self) -> str:
        """Its set in Redis; neither an app's id nor a version has a colon."""
        return f"{INDEX_KEY}:{self.app_id}:{self.version}"


class _Away:
    """Until when Redis isn't asked, by the clock that never steps."""

    until = float("-inf")


def has_failed(app_id: str, version: str, device_id: str) -> bool:
    """Tell whether a version failed on a device, or whether that can't be known now."""
    if clock.monotonic() < _Away.until:
        return True
    try:
        asked = _hasty_client().smismember(FailedVersion(app_id, version).key, [device_id, _MARK])
    except redis.RedisError:
        _Away.until = clock.monotonic() + _AWAY_SECONDS
        return True
    failed, is_whole = cast("list[int]", asked)
    return bool(failed) or not is_whole


def failures_put(
    failed_version: FailedVersion, *, failed: Collection[str], cleared: Collection[str], begins: bool
) -> None:
    """Say of some devices whether the version failed on them.

    Args:
        failed_version: Which version.
        failed: Devices on which it failed.
        cleared: Devices on which it didn't, or that may try it again.
        begins: Whether these are all that there are, so that nothing known before counts.

    Raises:
        redis.RedisError: Redis can't be reached or refuses writes.
    """
    pipeline = redis_client().pipeline(transaction=True)
    pipeline.sadd(INDEX_KEY, " ".join(failed_version))
    if begins:
        pipeline.delete(failed_version.key)
        pipeline.sadd(failed_version.key, _MARK)
    if failed:
        pipeline.sadd(failed_version.key, *failed)
    if cleared:
        pipeline.srem(failed_version.key, *cleared)
    pipeline.execute()


def failures_listed() -> set[FailedVersion]:
    """Name the versions that have a set."""
    listed = cast("set[bytes]", redis_client().smembers(INDEX_KEY))
    return {FailedVersion(*name.decode().split(" ")) for name in listed}


def failures_sizes(versions: Collection[FailedVersion]) -> dict[FailedVersion, int]:
    """Count the devices of each; -1 where not all are known."""
    pipeline = redis_client().pipeline(transaction=False)
    for version in versions:
        pipeline.sismember(version.key, _MARK)
        pipeline.scard(version.key)
    answers = cast("list[int]", pipeline.execute())
    told = zip(versions, answers[::2], answers[1::2], strict=True)
    return {version: size - 1 if is_whole else -1 for version, is_whole, size in told}


def failures_among(version: FailedVersion, device_ids: list[str]) -> set[str]:
    """Pick the devices that the version's set names."""
    known = cast("list[int]", redis_client().smismember(version.key, device_ids))
    return {device_id for device_id, is_known in zip(device_ids, known, strict=True) if is_known}


def failures_walk(version: FailedVersion) -> Iterator[list[str]]:
    """Go through all devices that the version's set names.

    Yields:
        Some of them at a time; one may come twice.
    """
    cursor = 0
    while True:
        scanned = redis_client().sscan(version.key, cursor, count=_PER_CALL)
        cursor, found = cast("tuple[int, list[bytes]]", scanned)
        if names := [name.decode() for name in found if name]:
            yield names
        if not cursor:
            return


def failures_mark(version: FailedVersion) -> None:
    """Say that the version's set now holds all there are."""
    redis_client().sadd(version.key, _MARK)


def failures_drop(versions: Collection[FailedVersion]) -> None:
    """Forget versions that failed nowhere any more."""
    if not versions:
        return
    pipeline = redis_client().pipeline(transaction=True)
    pipeline.srem(INDEX_KEY, *(" ".join(version) for version in versions))
    pipeline.delete(*(version.key for version in versions))
    pipeline.execute()


@cache
def _hasty_client() -> redis.Redis:
    """Return this process's client for the path of a check."""
    return redis.Redis.from_url(
        settings.EFFECTIVE_REDIS_URL, socket_connect_timeout=_ANSWER_SECONDS, socket_timeout=_ANSWER_SECONDS
    )
