"""What scripts of pages send and get: small JSON objects, under the same CSRF protection as forms."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.errors import AccountsError, BodyRefusedError
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse

LONGEST_BODY: Final = 64 * 1024  # an attestation with its certificates takes a few thousand bytes
_STATUS: Final = {"body_refused": 400}


Answer = dict[str, Any] | HttpResponseRedirect


def json_exchange(view: Callable[[HttpRequest], Answer]) -> Callable[[HttpRequest], HttpResponse]:
    """Turn a function that returns a JSON object into a view; what it refuses is said with its code.

    Where it redirects, the script is told where to: it wouldn't see the page that it was led to.
    """

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            said = view(request)
        except AccountsError as error:
            body = {"code": error.code, "message": error.message}
            return JsonResponse(body, status=_STATUS.get(error.code, 403))
        if isinstance(said, HttpResponseRedirect):
            told = JsonResponse({"next": said.url})
            told.cookies = said.cookies
            return told
        return JsonResponse(said)

    return never_cache(require_POST(answer))


def json_body(request: HttpRequest) -> dict[str, Any]:
    """Read the request's JSON object.

    Raises:
        BodyRefusedError: It's larger than 64 KiB, or no JSON object.
    """
    # The header first: what is too large isn't read at all.
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY:
        raise BodyRefusedError
    try:
        return object_parse(request.body, what="a script's request")
    except TokenRefusedError as exc:
        raise BodyRefusedError from exc


def address_within(request: HttpRequest, wanted: object, otherwise: str) -> str:
    """Go on inside this console only: an open redirect would lend its address to phishers."""
    if isinstance(wanted, str) and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return otherwise
