"""Documents of trusted issuers: their discovery document and their keys, fetched within bounds and shared.

Whom to trust isn't decided here: callers bring a `TrustedIssuer` from a setting or from what an administrator
registered, never from a token alone. How a document is fetched is `accounts.backends.issuer_http`'s, and how
it is kept `accounts.backends.issuer_cache`'s: fresh for as long as its publisher says, an hour at most; asked
for once a minute at most, even when tokens name keys that nobody knows; good for a day when the issuer fails.
Without Redis nobody could keep to that, so then nothing is verified.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from redis import RedisError

from accounts.backends.issuer_cache import MINUTE, Cached, IssuerCache
from accounts.backends.issuer_http import document_fetch, url_check
from accounts.errors import IssuerUnavailableError
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.jose.errors import KeySetRefusedError, TokenKeyUnknownError, TokenRefusedError
from releaseconsole.kernel.jose.foreign import ForeignExpected, foreign_verify
from releaseconsole.kernel.jose.foreign_keys import foreign_keys_parse
from releaseconsole.kernel.jose.strict_json import object_parse
from releaseconsole.redis_link import redis_client

_LONGEST_FRESH: Final = 3600
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """An issuer that somebody entitled decided to trust.

    Attributes:
        url: Exactly its `iss`.
        key_hosts: Other hosts, each with its port, at which its keys may be (`www.googleapis.com:443`).
    """

    url: str
    key_hosts: frozenset[str] = frozenset()


def issuer_metadata(*, issuer: TrustedIssuer) -> dict[str, Any]:
    """Return an issuer's discovery document (OpenID Connect Discovery, section 4).

    Its `issuer` and `jwks_uri` are checked; other addresses in it are its own business, and whoever goes
    there checks them.

    Raises:
        IssuerUnavailableError: It can't be had, or isn't this issuer's.
    """
    url = f"{issuer.url.rstrip('/')}/.well-known/openid-configuration"
    return _metadata_parse(_document(url, lambda body: _metadata_parse(body, issuer)), issuer)


def issuer_token_verify(*, token: str, issuer: TrustedIssuer, expected: ForeignExpected) -> dict[str, Any]:
    """Verify a token with the issuer's keys and return its claims; see `foreign_verify` for what is checked.

    Raises:
        IssuerUnavailableError: The keys can't be had.
        TokenRefusedError: The token isn't good; an expired one is a `TokenExpiredError`.
        ValueError: Another issuer is expected than the one whose keys would be used.
    """
    if expected.issuer != issuer.url:
        raise ValueError("A token is verified with the keys of its own issuer.")
    url = str(issuer_metadata(issuer=issuer)["jwks_uri"])
    now = int(clock.epoch_seconds())
    try:
        return foreign_verify(token, keys=foreign_keys_parse(_keys(url)), expected=expected, now=now)
    except TokenKeyUnknownError:
        newer = foreign_keys_parse(_keys(url, newer=True))
        return foreign_verify(token, keys=newer, expected=expected, now=now)


def _keys(url: str, *, newer: bool = False) -> bytes:
    return _document(url, foreign_keys_parse, newer=newer)


def _metadata_parse(body: bytes, issuer: TrustedIssuer) -> dict[str, Any]:
    try:
        members = object_parse(body, what="discovery document")
    except TokenRefusedError as exc:
        raise IssuerUnavailableError(exc.reason) from exc
    if members.get("issuer") != issuer.url:
        raise IssuerUnavailableError("the discovery document is of another issuer")
    keys_at = members.get("jwks_uri")
    if not isinstance(keys_at, str):
        raise IssuerUnavailableError("the discovery document has no jwks_uri")
    own = url_check(issuer.url, private_hosts=settings.ISSUER_PRIVATE_HOSTS)
    host = url_check(keys_at, private_hosts=settings.ISSUER_PRIVATE_HOSTS)
    if host not in {own, *issuer.key_hosts}:
        raise IssuerUnavailableError("jwks_uri is at a host that isn't the issuer's")
    return members


def _document(url: str, check: Callable[[bytes], object], *, newer: bool = False) -> bytes:
    # The known one while it's fresh, else a new one, else the known one for a day.
    now = int(clock.epoch_seconds())
    cache = IssuerCache(redis_client())
    try:
        known = cache.read(url)
        if known is not None and not newer and known.is_fresh(now):
            return known.body
        if cache.may_fetch(url, now=now, nothing_known=known is None):
            return _fetch(cache, url, check, known, now)
    except RedisError as exc:
        raise IssuerUnavailableError("Redis doesn't answer") from exc
    if known is not None and known.is_bearable(now):
        return known.body
    raise IssuerUnavailableError("asked less than a minute ago")


def _fetch(
    cache: IssuerCache, url: str, check: Callable[[bytes], object], known: Cached | None, now: int
) -> bytes:
    try:
        fetched = document_fetch(url, private_hosts=settings.ISSUER_PRIVATE_HOSTS)
        check(fetched.body)
    except (IssuerUnavailableError, KeySetRefusedError) as exc:
        cache.fetch_failed(url, now=now)
        _log.warning("%s couldn't be fetched: %s.", url, exc.reason)
        if known is not None and known.is_bearable(now):
            return known.body
        raise _unavailable(exc) from exc
    fresh = min(max(MINUTE, MINUTE if fetched.max_age is None else fetched.max_age), _LONGEST_FRESH)
    cache.write(url, Cached(fetched.body, now, now + fresh))
    return fetched.body


def _unavailable(exc: ConsoleError) -> IssuerUnavailableError:
    return (
        exc if isinstance(exc, IssuerUnavailableError) else IssuerUnavailableError("keys that can't be used")
    )
