"""What all beta pages share: headers that keep their addresses secret, counted tries, and how they fail.

The address of such a page lets its reader in. So it's in no Referer, in no cache, in no search index and, by
`releaseconsole.log_masking`, in no log.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.domain.addresses import network_of
from accounts.services.client_address import address_of
from releaseconsole.kernel.errors import ConsoleError, NotFoundError
from updates.errors import (
    AttemptsUncountedError,
    BetaFullError,
    InviteOverError,
    TesterLinkError,
    TooManyAttemptsError,
)
from updates.services.testers import Attempt, attempt_count

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]

BETA: Final = "/beta/"
_HEADERS: Final = {
    # Not `no-referrer`: with that browsers send forms with `Origin: null`, which Django refuses.
    "Referrer-Policy": "strict-origin",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class BetaHeadersMiddleware:
    """Sets them on every answer below `/beta/`, also where no page gave it: refused forms, no such page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers."""
        response = self._get_response(request)
        if request.path.startswith(BETA):
            for name, value in _HEADERS.items():
                response.headers[name] = value
        return response


def beta_page(page: Page[P]) -> Callable[..., HttpResponse]:
    """Guard a beta page: tries are counted before anything is looked up, and what isn't usable says so."""

    @wraps(page)
    def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            attempt_count(
                Attempt.FORM if request.method == "POST" else Attempt.PAGE, network_of(address_of(request))
            )
            return page(request, *args, **kwargs)
        except (InviteOverError, TesterLinkError, NotFoundError) as error:
            return _failed(request, error, 410)
        except BetaFullError as error:
            return render(request, "beta/full.html", {"title": error.title.rstrip(".")}, status=409)
        except TooManyAttemptsError as error:
            response = _failed(request, error, 429)
            response.headers["Retry-After"] = str(error.seconds)
            return response
        except AttemptsUncountedError as error:
            return _failed(request, error, 503)

    guarded = require_http_methods(["GET", "POST"])(answered)
    private = sensitive_variables("secret", "token", "args", "kwargs")(guarded)
    return sensitive_post_parameters("name", "email", "text")(private)


def _failed(request: HttpRequest, error: ConsoleError, status: int) -> HttpResponse:
    context = {"title": error.title.rstrip("."), "is_over": status == 410}  # noqa: PLR2004 (Gone)
    return render(request, "beta/over.html", context, status=status)
