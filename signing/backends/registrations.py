"""How many keys an address has registered within a minute, counted in Redis for all processes."""

from typing import Any, Final

import redis
from django.utils.crypto import salted_hmac

from signing.errors import RecipientStoreError

WINDOW_SECONDS: Final = 60


class RegistrationCounter:
    """Counts by address, under its HMAC: whoever reads Redis, or its file, doesn't read addresses."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Final = client

    def count(self, address: str) -> tuple[int, int]:
        """Count one more; returns how many that makes in this window, and its seconds to go.

        Raises:
            RecipientStoreError: Redis doesn't answer.
        """
        place = salted_hmac("signing.registrations", address, algorithm="sha256").hexdigest()
        name = f"rc:registrations:{place}"
        try:
            pipeline = self._redis.pipeline(transaction=True)
            pipeline.set(name, 0, ex=WINDOW_SECONDS, nx=True)
            pipeline.incr(name)
            pipeline.ttl(name)
            answers: list[Any] = pipeline.execute()
        except redis.RedisError as exc:
            raise RecipientStoreError from exc
        return int(answers[1]), max(1, int(answers[2]))
