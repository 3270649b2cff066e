"""What keeps strangers within bounds: attempts counted by whence they come, in Redis for all processes."""

from typing import Any, Final

import redis

from updates.errors import AttemptsUncountedError


class AttemptCounter:
    """Counts in windows; a place is forgotten with its window."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Final = client

    def count(self, place: str, *, window_seconds: int) -> tuple[int, int]:
        """Count one more; returns how many that makes in this window, and its seconds to go.

        Raises:
            AttemptsUncountedError: Redis doesn't answer.
        """
        name = f"rc:attempts:{place}"
        try:
            pipeline = self._redis.pipeline(transaction=True)
            pipeline.set(name, 0, ex=window_seconds, nx=True)
            pipeline.incr(name)
            pipeline.ttl(name)
            answers: list[Any] = pipeline.execute()
        except redis.RedisError as exc:
            raise AttemptsUncountedError from exc
        return int(answers[1]), max(1, int(answers[2]))
