"""Public: the form for privacy requests, without an account, and what the console does with `Sec-GPC`.

Nothing is looked up, so everybody gets the same answer: whether anything is held of them is told to who has
proved who they are, by letter.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.domain.addresses import network_of
from accounts.services.client_address import address_of
from accounts.services.privacy_signal import gpc_signalled
from compliance.desk.forms.intake import PublicRequestForm
from compliance.desk.services.requests.public_form import form_receive
from updates.errors import AttemptsUncountedError, TooManyAttemptsError
from updates.services.testers import Attempt, attempt_count

# When what this page says of the signal was last changed, as the signal's specification asks.
_GPC_SAID_ON: Final = "2026-11-30"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def privacy_page(request: HttpRequest) -> HttpResponse:
    """The form; sent, the reference of the request."""
    try:
        attempt_count(
            Attempt.FORM if request.method == "POST" else Attempt.PAGE, network_of(address_of(request))
        )
    except TooManyAttemptsError as error:
        return _busy(request, error.seconds)
    except AttemptsUncountedError:
        return _uncounted(request)
    form = PublicRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            received = form_receive(form.intake(signals_gpc=gpc_signalled(request.headers)))
        except TooManyAttemptsError as error:
            return _busy(request, error.seconds)
        except AttemptsUncountedError:
            return _uncounted(request)
        context = {"title": "We have your request", "received": received}
        return _page(request, "privacy/received.html", context)
    return _page(request, "privacy/form.html", {"title": "Your privacy", "form": form})


@require_GET
def gpc_support(_: HttpRequest) -> JsonResponse:
    """Say that Global Privacy Control is honoured here, where the specification puts it."""
    return JsonResponse({"gpc": True, "lastUpdate": _GPC_SAID_ON})


def _busy(request: HttpRequest, seconds: int) -> HttpResponse:
    answer = _page(request, "privacy/busy.html", {"title": "Too many requests"}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _uncounted(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy/busy.html", {"title": "Not now"}, status=503)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    frame = {
        "operator": settings.PRIVACY_OPERATOR,
        "contact": settings.PRIVACY_CONTACT,
        "signals_gpc": gpc_signalled(request.headers),
    }
    answer = render(request, template, {**frame, **context}, status=status)
    answer.headers["Vary"] = "Sec-GPC, Cookie"
    return answer
