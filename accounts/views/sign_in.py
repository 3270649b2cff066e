"""The sign-in page: the first factor, one answer for whatever doesn't match; and signing out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.errors import ProofRefusedError, ThrottledError
from accounts.forms import SignInForm
from accounts.models import User
from accounts.services.sign_in import password_prove, sign_out_record
from accounts.views.pending import pending_open
from accounts.views.source import source_of


@never_cache
@sensitive_post_parameters("password")
def sign_in_page(request: HttpRequest, *, next_field: str) -> HttpResponse:
    """Show the form, or go on to the second factor."""
    form = SignInForm(request.POST or None)
    wanted = request.POST.get(next_field, request.GET.get(next_field, ""))
    if request.method == "POST" and form.is_valid():
        try:
            user = password_prove(source=source_of(request), **form.cleaned_data)
        except (ProofRefusedError, ThrottledError) as error:
            form.add_error(None, error.message)
        else:
            pending_open(request, user, wanted)
            return redirect("accounts:second-factor")
    context = {"title": "Sign in", "form": form, "next_field": next_field, "next": wanted}
    return render(request, "accounts/sign_in.html", context)


@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; a link alone (GET) can't, so that no other site can do it."""
    if request.method == "POST" and isinstance(request.user, User):
        sign_out_record(user=request.user, key=request.session.session_key or "")
        logout(request)
    return redirect("admin:login")
