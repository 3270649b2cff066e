"""What was fetched from issuers, in Redis for all processes; and who may fetch next.

A document of an issuer decides whose tokens are believed, and Redis is no place for what decides that: many
may write to it. So each is sealed with a key derived from `SECRET_KEY` and tied to its URL; one that doesn't
open is as good as none.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from redis import Redis

from releaseconsole.kernel.encoding import sha256_hex

# Across processes, each document is asked for once in a clock minute, whoever is in a hurry.
MINUTE: Final = 60
# While the issuer doesn't answer, what it said last is believed for a day after it said it.
STALE_SECONDS: Final = 24 * 3600
_SALT: Final = "accounts.issuer_cache"
_FETCHING: Final = b"fetching"
_FAILED: Final = b"failed"


@dataclass(frozen=True, slots=True)
class Cached:
    """A document as it was fetched; times in seconds since 1970."""

    body: bytes
    fetched_at: int
    fresh_until: int

    def is_fresh(self, now: int) -> bool:
        """Whether it can be used without asking."""
        return self.fetched_at <= now < self.fresh_until

    def is_bearable(self, now: int) -> bool:
        """Whether it can be used when asking fails."""
        return now < self.fetched_at + STALE_SECONDS


class IssuerCache:
    """Documents by URL; every method raises `redis.RedisError` where Redis doesn't answer."""

    def __init__(self, client: Redis) -> None:
        self._redis: Final = client

    def read(self, url: str) -> Cached | None:
        """Return what is known of a URL."""
        sealed: Any = self._redis.get(f"rc:issuer:document:{_name(url)}")
        if sealed is None:
            return None
        try:
            found = signing.loads(sealed.decode("ascii", errors="replace"), salt=_SALT)
        except signing.BadSignature:
            return None
        if found["url"] != url:
            return None
        return Cached(found["body"].encode(), found["fetched_at"], found["fresh_until"])

    def write(self, url: str, document: Cached) -> None:
        """Keep a document, once it's known to be good."""
        sealed = signing.dumps(
            {
                "url": url,
                "body": document.body.decode(),
                "fetched_at": document.fetched_at,
                "fresh_until": document.fresh_until,
            },
            salt=_SALT,
        )
        self._redis.set(f"rc:issuer:document:{_name(url)}", sealed, ex=STALE_SECONDS)

    def may_fetch(self, url: str, *, now: int, nothing_known: bool) -> bool:
        """Take this minute's turn, if nobody has.

        Where nothing is known yet, who comes while the first one is still fetching may fetch too: two jobs
        that start a pipeline at once mustn't fail one of them.
        """
        turn = self._turn(url, now)
        if self._redis.set(turn, _FETCHING, nx=True, ex=2 * MINUTE):
            return True
        return nothing_known and self._redis.get(turn) == _FETCHING

    def fetch_failed(self, url: str, *, now: int) -> None:
        """Let nobody else try in this minute."""
        self._redis.set(self._turn(url, now), _FAILED, ex=2 * MINUTE)

    @staticmethod
    def _turn(url: str, now: int) -> str:
        return f"rc:issuer:turn:{_name(url)}:{now // MINUTE}"


def _name(url: str) -> str:
    return sha256_hex(url.encode())[:32]
