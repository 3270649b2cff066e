"""What keeps the exchange of CI tokens within bounds, counted in Redis for all processes.

Each method raises `redis.RedisError` where Redis doesn't answer; then nothing is exchanged.
"""

from typing import Any, Final

from redis import Redis

from releaseconsole.kernel.encoding import sha256_hex

WINDOW_SECONDS: Final = 60


class ExchangeGuard:
    """Counts, and remembers tokens that were used."""

    def __init__(self, client: Redis) -> None:
        self._redis: Final = client

    def count(self, name: str) -> tuple[int, int]:
        """Count one more under a name; returns how many that makes in this window, and its seconds to go."""
        key = f"rc:exchange:count:{name}"
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.set(key, 0, ex=WINDOW_SECONDS, nx=True)
        pipeline.incr(key)
        pipeline.ttl(key)
        answers: list[Any] = pipeline.execute()
        return int(answers[1]), max(1, int(answers[2]))

    def use_up(self, *, issuer: str, jti: str, seconds: int) -> bool:
        """Use a token up, for as long as it could be accepted; of any number at once, one gets True."""
        # Keyed on who issued it and its id, never on its text: an ECDSA token has a twin.
        digest = sha256_hex(f"{issuer}\0{jti}".encode())[:32]
        return bool(self._redis.set(f"rc:exchange:jti:{digest}", b"", nx=True, ex=max(1, seconds)))
