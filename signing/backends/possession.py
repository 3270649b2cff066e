"""Challenges that wait for an answer: what each is about, in Redis, for minutes, and once.

Neither a challenge nor a device is readable there: the name is the challenge's SHA-256, the value that of
what it is about. A challenge is drawn from 256 bits, so nobody finds it by its hash.
"""

from typing import Final

import redis

from releaseconsole.kernel.encoding import sha256_hex
from signing.errors import RecipientStoreError


class PossessionChallenges:
    """Keeps challenges, and gives each out once; safe to share between threads."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Final = client

    def put(self, challenge: str, *, about: bytes, lifetime: int) -> None:
        """Keep a challenge for so many seconds.

        Raises:
            RecipientStoreError: Redis doesn't answer.
        """
        try:
            self._redis.set(_name(challenge), sha256_hex(about), ex=lifetime)
        except redis.RedisError as exc:
            raise RecipientStoreError from exc

    def take(self, challenge: str, *, about: bytes) -> bool:
        """Use a challenge up, whatever it is for; say whether it was there and is about just this.

        Of any number at once, one gets it.

        Raises:
            RecipientStoreError: Redis doesn't answer.
        """
        try:
            kept = self._redis.getdel(_name(challenge))
        except redis.RedisError as exc:
            raise RecipientStoreError from exc
        return kept == sha256_hex(about).encode()


def _name(challenge: str) -> str:
    return f"rc:possession:{sha256_hex(challenge.encode())}"
