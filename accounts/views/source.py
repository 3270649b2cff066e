"""Whence a request comes, for counting failed attempts: its network, and whether the browser is known.

A browser in which somebody has been signed in with both factors keeps a signed cookie that says so. It opens
nothing; it only gives the browser a count of its own, so that strangers who guess at a colleague's password
use up the strangers' count and not theirs (OWASP, "device cookies").
"""

from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.domain.addresses import network_of
from accounts.domain.throttling import Source
from accounts.models import User
from accounts.services.client_address import address_of
from releaseconsole.kernel import randomness

_SALT: Final = "accounts.known-browser"
_AGE_SECONDS: Final = 180 * 86_400
_MOST_PEOPLE: Final = 10  # at one browser: a cookie has little room


def source_of(request: HttpRequest) -> Source:
    """Say whence this request comes, for throttling."""
    return Source(network=network_of(address_of(request)), browsers=_browsers(request))


def browser_remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known as one in which `user` was signed in."""
    browsers = {key: value for key, value in _browsers(request).items() if key != str(user.pk)}
    kept = dict(list(browsers.items())[-_MOST_PEOPLE + 1 :])
    kept[str(user.pk)] = randomness.token_id()
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(kept, salt=_SALT),
        max_age=_AGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _browsers(request: HttpRequest) -> dict[str, str]:
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        browsers = signing.loads(cookie, salt=_SALT, max_age=_AGE_SECONDS)
    except signing.BadSignature:
        return {}
    return {str(key): str(value) for key, value in browsers.items()}
