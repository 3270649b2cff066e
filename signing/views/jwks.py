"""The public keys of one app or of all (`/.well-known/jwks…`), for anybody, without a session."""

import hashlib
import logging
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from releaseconsole.kernel import randomness
from releaseconsole.kernel.encoding import canonical_json
from signing.errors import KeyUnavailableError
from signing.selectors import jwks_document

logger = logging.getLogger(__name__)

_JITTER_STEPS: Final = 256


@require_safe
def jwks(request: HttpRequest, app_id: str = "") -> HttpResponseBase:
    """Answer with the JWKS of an app or of all, or 304; 503 rather than a set that lacks a key."""
    try:
        body = canonical_json(jwks_document(app_id=app_id))
    except KeyUnavailableError as exc:
        logger.exception("JWKS not served")
        return _unavailable(exc)
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    response = HttpResponse(body, content_type="application/jwk-set+json")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={_max_age()}"
    answer = get_conditional_response(request, etag=etag, response=response) or response
    # Public keys for whoever asks: web views of apps have origins of their own.
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _max_age() -> int:
    """Draw up to a tenth less than JWKS_MAX_AGE, so that a fleet's caches don't all expire at once.

    Never more: a new key waits for JWKS_MAX_AGE before it signs, and no cache may be older than that.
    """
    share = randomness.token_bytes(1)[0] / _JITTER_STEPS
    return max(1, round(settings.JWKS_MAX_AGE * (1 - share / 10)))


def _unavailable(error: KeyUnavailableError) -> HttpResponse:
    problem = {"type": "about:blank", "title": error.title, "status": 503, "code": error.code}
    return HttpResponse(
        canonical_json(problem),
        status=503,
        content_type="application/problem+json",
        headers={"Retry-After": "5"},
    )
