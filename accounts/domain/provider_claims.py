"""What the claims of the provider's tokens must say, once it's sure that the tokens are the provider's.

Who, for whom and when is checked before (`releaseconsole.kernel.jose.foreign`); here is what belongs to a
sign-in or a logout alone. Pure; each check raises.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts.errors import SingleSignOnError
from releaseconsole.kernel.encoding import b64url_encode

LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST: Final = 255
_CLOCK_SKEW: Final = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What the console asked for, so that the answer can be held against it.

    Attributes:
        nonce: Sent with the request; binds the ID token to this browser's request.
        max_age: Most seconds since the person proved themselves to the provider; 0 if that wasn't asked.
    """

    nonce: str
    max_age: int


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Who was logged out, by what the provider names; one of both may be empty."""

    subject: str
    sid: str
    jti: str


def id_token_claims_check(claims: Mapping[str, Any], *, asked: Asked, access_token: str, now: int) -> None:
    """Check what makes verified claims the answer to this request (OpenID Connect Core 1.0, 3.1.3.7).

    Raises:
        SingleSignOnError: No usable subject, another request's nonce, another access token's hash, or a
            proof that is too old or of an unknown time although that was asked.
    """
    name_read(claims, "sub")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), asked.nonce.encode()):
        raise SingleSignOnError("claim nonce: not of this request")
    if "at_hash" in claims and claims["at_hash"] not in _access_token_hashes(access_token):
        raise SingleSignOnError("claim at_hash: not of the access token that came along")
    if asked.max_age:
        proved = claims.get("auth_time")
        if type(proved) is not int or not now - asked.max_age <= proved + _CLOCK_SKEW:
            raise SingleSignOnError("claim auth_time: missing, or too long ago")
        if proved > now + _CLOCK_SKEW:
            raise SingleSignOnError("claim auth_time: in the future")


def logout_claims_read(claims: Mapping[str, Any]) -> LoggedOut:
    """Read verified claims as a logout (OpenID Connect Back-Channel Logout 1.0, section 2.6).

    Raises:
        SingleSignOnError: They aren't one: the event is missing, nobody is named, or there is a nonce, which
            only ID tokens have.
    """
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise SingleSignOnError("claim events: no logout among them")
    if "nonce" in claims:
        raise SingleSignOnError("claim nonce: a logout token has none")
    subject = name_read(claims, "sub") if "sub" in claims else ""
    sid = name_read(claims, "sid") if "sid" in claims else ""
    if not subject and not sid:
        raise SingleSignOnError("claims: neither sub nor sid")
    return LoggedOut(subject=subject, sid=sid, jti=name_read(claims, "jti"))


def name_read(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that names something: printable ASCII, as short as the specification says.

    Raises:
        SingleSignOnError: It's missing, or something else.
    """
    value = claims.get(name)
    fits = isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isascii() and value.isprintable()
    if not isinstance(value, str) or not fits:
        raise SingleSignOnError(f"claim {name}: missing, or no name")
    return value


def _access_token_hashes(access_token: str) -> frozenset[str]:
    """Left halves of the hashes that go with the algorithms; their lengths tell them apart."""
    digests = (hashlib.new(name, access_token.encode()).digest() for name in ("sha256", "sha384", "sha512"))
    return frozenset(b64url_encode(digest[: len(digest) // 2]) for digest in digests)
