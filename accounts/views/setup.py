"""The set-up page behind the one-time link: the first administrator, their authenticator, the preset."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.domain.totp import seed_text, seed_uri
from accounts.errors import AccountsError, SetupLinkError
from accounts.forms import SetupForm
from accounts.services.setup import FirstPerson, setup_complete, setup_link_require
from accounts.views.seed import seed_forget, seed_pending
from accounts.views.session import session_open
from releaseconsole.kernel import clock
from releaseconsole.kernel.qr_code import qr_code_uri

_SEED_IN_SESSION: Final = "setup_totp_seed"


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def setup_page(request: HttpRequest, token: str) -> HttpResponse:
    """One page, once: on success the person is signed in and on the start page."""
    try:
        setup_link_require(token=token, now=clock.now())
        form = SetupForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and _completed(request, token, form):
            return redirect("admin:index")
    except SetupLinkError as error:
        return render(request, "accounts/setup_over.html", {"title": "Set-up", "error": error}, status=410)
    return render(request, "accounts/setup.html", _context(form, seed_pending(request, _SEED_IN_SESSION)))


def _completed(request: HttpRequest, token: str, form: SetupForm) -> bool:
    person = FirstPerson(seed=seed_pending(request, _SEED_IN_SESSION), **form.cleaned_data)
    try:
        user, authenticator = setup_complete(token=token, person=person)
    except SetupLinkError:
        raise
    except AccountsError as error:
        form.add_error("code" if error.code == "code_refused" else None, error.message)
        return False
    seed_forget(request, _SEED_IN_SESSION)
    session_open(request, user, authenticator)
    return True


def _context(form: SetupForm, seed: bytes) -> dict[str, object]:
    # Their address isn't known yet; this name tells consoles apart in the authenticator app.
    account = f"administrator@{urlsplit(settings.PUBLIC_URL).hostname}"
    uri = seed_uri(seed, email=account, issuer=settings.OTP_TOTP_ISSUER)
    return {
        "title": "Set up the console",
        "form": form,
        "qr_code": qr_code_uri(uri),
        "seed_text": seed_text(seed),
    }
