"""Redis: reachable and writable, and unable to lose or drop an event that a device was told is accepted."""

from typing import Any

import redis
from django.conf import settings

from releaseconsole.doctor.findings import Finding, ok, problem

_SUBJECT = "Redis"
_PROBE_KEY = "rc:doctor"


def redis_examine() -> list[Finding]:
    """Ask the server itself; INFO works where a managed service refuses CONFIG."""
    client = redis.Redis.from_url(settings.EFFECTIVE_REDIS_URL, socket_timeout=5)
    try:
        client.set(_PROBE_KEY, "1", ex=60)
        facts: dict[str, Any] = dict(client.info())
    except redis.RedisError as exc:
        return [problem(_SUBJECT, f"It can't be written to: {exc}", _start_remedy())]
    finally:
        client.close()
    return [_persistence(facts), _eviction(facts)]


def _start_remedy() -> str:
    if settings.REDIS_URL:
        return "Check REDIS_URL, and that the server runs and may be written to."
    return "Start the console (make run): its private Redis runs as long as it does."


def _persistence(facts: dict[str, Any]) -> Finding:
    if not facts.get("aof_enabled"):
        return problem(
            _SUBJECT,
            "The append-only file is off: events that devices were told are accepted die with the server.",
            "Set in redis.conf: appendonly yes, appendfsync everysec",
        )
    if facts.get("aof_last_write_status", "ok") != "ok":
        return problem(
            _SUBJECT,
            "The last write to the append-only file failed.",
            "Make room on its disk, and look into its log.",
        )
    return ok(_SUBJECT, f"{facts.get('redis_version')} writes its append-only file.")


def _eviction(facts: dict[str, Any]) -> Finding:
    policy = facts.get("maxmemory_policy")
    if policy != "noeviction":
        return problem(
            _SUBJECT,
            f"With maxmemory-policy {policy} a full server drops accepted events.",
            "Set in redis.conf: maxmemory-policy noeviction",
        )
    return ok(_SUBJECT, "It refuses writes when it's full, and drops nothing.")
