"""The second page of signing in: the person's authenticators, whichever they have; without one, the first."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.domain.totp import seed_text, seed_uri
from accounts.errors import AccountsError, SecondFactorRefusedError
from accounts.forms import CodeForm
from accounts.models import User
from accounts.selectors.second_factors import second_factors_of
from accounts.services.sign_in import code_prove, first_authenticator_enrol
from accounts.views.pending import may_enrol, pending_finish, pending_user
from accounts.views.seed import seed_forget, seed_pending
from releaseconsole.kernel.qr_code import qr_code_uri

_SEED: Final = "enrol_totp_seed"


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Ask for one of the person's second factors; a right code signs them in."""
    user = pending_user(request)
    if user is None:
        return redirect("admin:login")
    if may_enrol(request, user):
        return redirect("accounts:enrol")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = code_prove(user=user, code=form.cleaned_data["code"])
        except SecondFactorRefusedError as error:
            form.add_error("code", error.message)
        else:
            return pending_finish(request, user, device)
    context = {
        "title": "Second factor",
        "form": form,
        "person": user,
        "kinds": {kind.value for kind in second_factors_of(user)},
    }
    return render(request, "accounts/second_factor.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol_page(request: HttpRequest) -> HttpResponse:
    """Set up the first authenticator; nobody comes in without one."""
    user = pending_user(request)
    if user is None:
        return redirect("admin:login")
    if not may_enrol(request, user):
        return redirect("accounts:second-factor")
    seed = seed_pending(request, _SEED)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = first_authenticator_enrol(user=user, seed=seed, code=form.cleaned_data["code"])
        except AccountsError as error:
            form.add_error("code", error.message)
        else:
            seed_forget(request, _SEED)
            return pending_finish(request, user, device)
    return render(request, "accounts/enrol.html", _enrolment(form, user, seed))


def _enrolment(form: CodeForm, user: User, seed: bytes) -> dict[str, object]:
    uri = seed_uri(seed, email=user.email, issuer=settings.OTP_TOTP_ISSUER)
    return {
        "title": "Set up your authenticator",
        "form": form,
        "person": user,
        "qr_code": qr_code_uri(uri),
        "seed_text": seed_text(seed),
    }
