"""Which tokens were used up: one key in Redis per token, for as long as the token could be accepted.

Keyed on (`iss`, `aud`, `jti`) and never on the token's text: an ECDSA signature (r, s) has a twin (r, n-s),
so one token has two texts. All apps have the console's `iss`, and a back end that holds its app's HS256
secret writes whatever `jti` it likes: without `aud` it could use up the tokens of another app. Redis must
not evict (`noeviction`) and must be one primary: asked a replica, or after a failover that forgot the last
second, a token could be used twice.
"""

import hashlib
from typing import Final

import redis

from releaseconsole.kernel.jose.verification import CLOCK_SKEW
from signing.errors import ReplayStoreError, TokenReplayedError

_DIGEST_BYTES: Final = 16


class ReplayGuard:
    """Remembers what was used; safe to share between threads."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Final = client

    def consume(self, *, issuer: str, audience: str, jti: str, expires: int, now: int) -> None:
        """Use a token up; of any number at once, one succeeds.

        Args:
            issuer: Its `iss`.
            audience: Its `aud`, the app.
            jti: Its `jti`.
            expires: Its `exp`; remembered a little longer, since other verifiers' clocks may lag.
            now: Seconds since 1970.

        Raises:
            TokenReplayedError: It was used before.
            ReplayStoreError: Redis doesn't answer, so nobody knows: it counts as used.
        """
        # Short and of fixed length; 128 bits, so no two tokens meet.
        digest = hashlib.sha256(f"{issuer}\0{audience}\0{jti}".encode()).digest()[:_DIGEST_BYTES].hex()
        try:
            is_first = self._redis.set(
                f"rc:jti:{digest}", b"", nx=True, ex=max(1, expires + CLOCK_SKEW - now)
            )
        except redis.RedisError as exc:
            raise ReplayStoreError from exc
        if not is_first:
            raise TokenReplayedError("claim jti: used before")
