"""`GET /device/v1/trust/<app_id>`: which keys an app's clients may trust, from memory.

Everything in the answer is signed by the app's own keys, so caches and CDNs may keep it. What the console
can't stand behind isn't served: a client that is told nothing keeps what it has until that is over.
"""

from typing import Final

from django.conf import settings

from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.errors import ConsoleError
from updates.gateway.decisions import UnknownAppError, served_app
from updates.gateway.serving import serving
from updates.gateway.wire import Headers, Request, RequestError, Response, problem

TRUST_PREFIX: Final = "/device/v1/trust/"
RETRY_SECONDS: Final = 30
# Web views of apps have origins of their own; ETag isn't among what a script may read unless it is named.
_OPEN: Final[Headers] = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Retry-After"),
]
_JITTER_STEPS: Final = 256


class TrustUnavailableError(ConsoleError):
    """There's no chain for this app that its clients would accept now."""

    code = "trust_unavailable"
    title = "The app's chain of trust can't be served at the moment."


def trust(request: Request) -> Response:
    """Answer with the chain, or 304; 503 rather than one that is over or was taken back."""
    try:
        request.only("GET", "HEAD")
        return _trust(request)
    except UnknownAppError as exc:
        return problem(exc, status=404, headers=_OPEN)
    except TrustUnavailableError as exc:
        return problem(exc, status=503, headers=[*_OPEN, ("Retry-After", str(RETRY_SECONDS))])
    except RequestError as exc:
        return problem(exc, status=exc.status, headers=exc.headers)


def _trust(request: Request) -> Response:
    """Find the app's chain in this process's snapshot.

    Raises:
        TrustUnavailableError: It isn't there, or its time is over.
    """
    snapshot, app_id = serving.snapshot, request.path.removeprefix(TRUST_PREFIX)
    served_app(snapshot, app_id, request)
    chain = snapshot.trust.get(app_id)
    left = chain.expires_epoch - int(clock.epoch_seconds()) if chain else 0
    if chain is None or left <= 0:
        raise TrustUnavailableError
    headers = [
        *_OPEN,
        ("ETag", chain.etag),
        ("Cache-Control", f"public, max-age={min(left, _max_age())}"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    # A cache that compresses what it hands on makes the tag a weak one.
    asked = (tag.strip().removeprefix("W/") for tag in request.header("HTTP_IF_NONE_MATCH").split(","))
    if chain.etag in asked:
        return Response(304, headers)
    headers += [("Content-Type", "application/json"), ("Content-Length", str(len(chain.body)))]
    return Response(200, headers, b"" if request.method == "HEAD" else chain.body)


def _max_age() -> int:
    """Draw up to a tenth less than JWKS_MAX_AGE, so that a fleet's caches don't all expire at once.

    Never more: a new key waits for as long before it signs, and a revoked one is out after as long.
    """
    share = randomness.token_bytes(1)[0] / _JITTER_STEPS
    return max(1, round(settings.JWKS_MAX_AGE * (1 - share / 10)))
