"""To the identity provider and back, and what it tells on its own: addresses that browsers and it call.

The way out is a page, not a redirect: the CSP lets forms go to the console only, and browsers hold a redirect
after a form to that as well. The page leads on by itself, without a script.
"""

import logging
from dataclasses import asdict
from typing import Final

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.assurance import AAL
from accounts.errors import AccountsError, ProviderError, ProviderUnavailableError, SingleSignOnError
from accounts.models import User
from accounts.services.identities import identity_arrive, identity_link
from accounts.services.identity_endings import provider_logout
from accounts.services.single_sign_on import (
    Journey,
    Purpose,
    Vouched,
    journey_begin,
    journey_finish,
    refusal_record,
)
from accounts.views.pending import inside, pending_open
from accounts.views.session import session_open
from accounts.views.source import source_of

_JOURNEY: Final = "single_sign_on"
_log = logging.getLogger(__name__)


@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider, to be signed in."""
    try:
        return leave(request, Purpose.SIGN_IN, next_address=request.POST.get("next", ""))
    except AccountsError as error:
        return _refused(request, error)


@never_cache
@require_GET
@sensitive_variables()
def callback(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer; the question is forgotten, whatever comes of it."""
    asked = request.session.pop(_JOURNEY, None)
    if asked is None:
        return _unasked(request)
    journey = Journey(**{**asked, "purpose": Purpose(asked["purpose"])})
    try:
        vouched = journey_finish(journey=journey, answer=request.GET.dict())
        if journey.purpose is Purpose.LINK:
            return _link(request, journey, vouched)
        arrival = identity_arrive(vouched=vouched)
    except AccountsError as error:
        refusal_record(code=error.code, source=source_of(request))
        began = "accounts:identities" if journey.purpose is Purpose.LINK else "admin:login"
        return _refused(request, error, began)
    if arrival.aal >= AAL.TWO:
        session_open(request, arrival.user, arrival.identity)
        return redirect(inside(request, journey.next))
    pending_open(request, arrival.user, journey.next)
    return redirect("accounts:second-factor")


@csrf_exempt  # the provider sends it, without a browser; the token's signature is its proof
@never_cache
@require_POST
def back_channel_logout(request: HttpRequest) -> JsonResponse:
    """Take a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.5)."""
    try:
        provider_logout(token=request.POST.get("logout_token", ""))
    except SingleSignOnError as error:
        _log.warning("A logout token was refused: %s.", error.reason)
        return JsonResponse({"error": "invalid_request"}, status=400)
    except ProviderUnavailableError as error:
        _log.warning("A logout token couldn't be judged: %s.", error.reason)
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    return JsonResponse({})


def leave(request: HttpRequest, purpose: Purpose, *, next_address: str = "", person: int = 0) -> HttpResponse:
    """Remember the question in this browser's session, and show the page that leads to the provider.

    Raises:
        ProviderUnavailableError: There is no provider, or it doesn't answer.
    """
    journey, address = journey_begin(purpose=purpose, next_address=next_address, person=person)
    request.session[_JOURNEY] = asdict(journey)
    context = {"title": "One moment", "address": address}
    return render(request, "accounts/single_sign_on_leave.html", context)


def _unasked(request: HttpRequest) -> HttpResponse:
    """Answer what nobody here asked for. Anybody can come like this: it makes no session and no record."""
    error = SingleSignOnError("answer: this browser asked nothing")
    _refusal_log(error)
    context = {"title": "Not signed in", "error": error}
    return render(request, "accounts/single_sign_on_refused.html", context, status=403)


def _link(request: HttpRequest, journey: Journey, vouched: Vouched) -> HttpResponse:
    """Link who asked for it, if they are still the one who is signed in here.

    Raises:
        IdentityTakenError: One of both ends has a link.
        SingleSignOnError: Somebody else is signed in, or nobody.
    """
    user = request.user
    if not isinstance(user, User) or user.pk != journey.person or not admin.site.has_permission(request):
        raise SingleSignOnError("link: by somebody else than who asked for it")
    identity_link(user=user, vouched=vouched)
    messages.success(request, f"You can sign in with {settings.OIDC_NAME} now.")
    return redirect("accounts:identities")


def _refused(request: HttpRequest, error: AccountsError, page: str = "admin:login") -> HttpResponse:
    """Say it on the page where they began; the provider's answer stays in no address bar."""
    _refusal_log(error)
    messages.error(request, error.message)
    return redirect(page)


def _refusal_log(error: AccountsError) -> None:
    reason = error.reason if isinstance(error, ProviderError) else error.message
    _log.warning("A sign-in at the identity provider was refused: %s (%s).", error.code, reason)
