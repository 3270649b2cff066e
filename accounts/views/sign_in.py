"""The sign-in page: both factors at once, one answer for whatever doesn't match."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.errors import ProofRefusedError
from accounts.forms import SignInForm
from accounts.models import User
from accounts.services.sign_in import person_authenticate, sign_out_record
from accounts.views.session import session_open


@never_cache
@sensitive_post_parameters("password", "code")
def sign_in_page(request: HttpRequest, *, next_field: str) -> HttpResponse:
    """Show the form, or open a session and go where the person wanted to."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, authenticator = person_authenticate(request=request, **form.cleaned_data)
        except ProofRefusedError as error:
            form.add_error(None, error.message)
        else:
            session_open(request, user, authenticator)
            return redirect(_next(request, next_field))
    context = {
        "title": "Sign in",
        "form": form,
        "next_field": next_field,
        "next": request.POST.get(next_field, request.GET.get(next_field, "")),
    }
    return render(request, "accounts/sign_in.html", context)


@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; a link alone (GET) can't, so that no other site can do it."""
    if request.method == "POST" and isinstance(request.user, User):
        sign_out_record(user=request.user, key=request.session.session_key or "")
        logout(request)
    return redirect("admin:login")


def _next(request: HttpRequest, field: str) -> str:
    """Go on inside this console only: an open redirect would lend its address to phishers."""
    wanted = request.POST.get(field, "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url("admin:index")
