"""The clocks of the console, Redis and the database: tokens live by them, so they have to agree."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from releaseconsole.doctor.findings import Finding, ok, problem, warning
from releaseconsole.kernel import clock

_SUBJECT = "clock"
_WARNING_SECONDS: Final = 2.0
_PROBLEM_SECONDS: Final = 30.0


def clocks_examine() -> list[Finding]:
    """Compare this machine's clock with those that answer; what doesn't is another examination's finding."""
    redis_ahead, database_ahead = _ahead(_redis_now), _ahead(_database_now)
    others = {"Redis": redis_ahead, "the database": database_ahead}
    return [clock_judge(other, ahead) for other, ahead in others.items() if ahead is not None]


def clock_judge(other: str, ahead_seconds: float) -> Finding:
    """Judge by how much the console's clock is ahead of another's. Pure."""
    apart = abs(ahead_seconds)
    if apart <= _WARNING_SECONDS:
        return ok(_SUBJECT, f"The console and {other} agree on the time.")
    said = f"The console's clock and that of {other} are {apart:.0f} seconds apart."
    remedy = "Run a time service (chrony, systemd-timesyncd) on both machines."
    return (problem if apart > _PROBLEM_SECONDS else warning)(_SUBJECT, said, remedy)


def _ahead(read: Callable[[], datetime | None]) -> float | None:
    there = read()
    return None if there is None else (clock.now() - there).total_seconds()


def _redis_now() -> datetime | None:
    client = redis.Redis.from_url(settings.EFFECTIVE_REDIS_URL, socket_timeout=5)
    try:
        seconds, microseconds = client.time()
    except redis.RedisError:
        return None
    finally:
        client.close()
    return datetime.fromtimestamp(seconds + microseconds / 1e6, tz=UTC)


def _database_now() -> datetime | None:
    """Ask PostgreSQL; SQLite has no clock of its own."""
    if connection.vendor != "postgresql":
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            answer: datetime = cursor.fetchone()[0]
    except DatabaseError:
        return None
    return answer
