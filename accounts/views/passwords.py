"""Pages about passwords: asking for a letter, choosing another by its link, changing one's own."""

from collections.abc import Callable, Mapping
from typing import Final

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.domain.operations import Operation
from accounts.errors import AccountsError, PasswordRefusedError, PersonLinkError, ThrottledError
from accounts.forms import ForgottenForm, NewPasswordForm, PasswordChangeForm
from accounts.models import PersonLink, User
from accounts.services.invites import invite_accept
from accounts.services.links import link_require
from accounts.services.passwords import (
    password_accept,
    password_change,
    password_change_operation,
    password_reset,
    reset_ask,
)
from accounts.views.full_proof import fully_proved
from accounts.views.pages import ConsoleRequest, own_page, page_render
from accounts.views.pending import pending_open
from accounts.views.session import session_follow
from accounts.views.source import source_of

_PAGES: Final[Mapping[PersonLink.Purpose, tuple[str, str]]] = {
    PersonLink.Purpose.RESET: ("accounts/password_reset.html", "Choose a new password"),
    PersonLink.Purpose.INVITE: ("accounts/invited.html", "Welcome"),
}


@never_cache
@require_http_methods(["GET", "POST"])
def forgotten_page(request: HttpRequest) -> HttpResponse:
    """Ask for a letter; the answer is the same whether the address is known or not."""
    form = ForgottenForm(request.POST or None)
    context = {"title": "Set a new password", "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            reset_ask(email=form.cleaned_data["email"], source=source_of(request))
        except ThrottledError as error:
            form.add_error(None, error.message)
        else:
            return render(request, "accounts/forgotten_asked.html", context)
    return render(request, "accounts/forgotten.html", context)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reset_page(request: HttpRequest, token: str) -> HttpResponse:
    """Choose another password by the link of a letter, then sign in with it and the second factor."""

    def reset(password: str) -> HttpResponse:
        password_reset(token=token, new=password)
        messages.success(request, "Your password is changed. Sign in with it.")
        return redirect("admin:login")

    return _chosen(request, token, PersonLink.Purpose.RESET, reset)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invited_page(request: HttpRequest, token: str) -> HttpResponse:
    """Choose one's first password by the link of an invite; an authenticator comes next."""

    def accept(password: str) -> HttpResponse:
        pending_open(request, invite_accept(token=token, password=password), "", by_link=True)
        return redirect("accounts:enrol")

    return _chosen(request, token, PersonLink.Purpose.INVITE, accept)


@own_page
@sensitive_post_parameters("password", "new_password", "code")
def password_change_page(request: ConsoleRequest) -> HttpResponse:
    """Change one's own password, with both factors anew."""
    if not request.user.has_usable_password():
        messages.info(request, "You have no password here: your identity provider vouches for you.")
        return redirect("accounts:me")
    operation = password_change_operation(user=request.user)
    form = PasswordChangeForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid():
        try:
            _changed(request, operation, form)
        except PasswordRefusedError as error:
            form.add_error("new_password", error.message)
        except AccountsError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Your password is changed. Your other sessions have ended.")
            return redirect("accounts:me")
    return page_render(
        request, "accounts/password_change.html", {"title": "Change your password", "form": form}
    )


def _changed(request: ConsoleRequest, operation: Operation, form: PasswordChangeForm) -> None:
    new = form.cleaned_data["new_password"]
    password_accept(new, request.user)  # first: a code isn't used up on a password that is refused
    user = password_change(
        user=request.user,
        new=new,
        step_up=fully_proved(request, operation, form),
        session_key=request.session.session_key or "",
    )
    update_session_auth_hash(request, user)
    session_follow(request)


def _chosen(
    request: HttpRequest, token: str, purpose: PersonLink.Purpose, use: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Show the form behind a link, and use the link with an acceptable password."""
    form = NewPasswordForm(request.POST or None)
    try:
        person = link_require(token=token, purpose=purpose).person
        if request.method == "POST" and form.is_valid():
            return _used(form, use) or _form_page(request, purpose, form, person)
    except PersonLinkError as error:
        return render(request, "accounts/link_over.html", {"title": error.title.rstrip(".")}, status=410)
    return _form_page(request, purpose, form, person)


def _used(form: NewPasswordForm, use: Callable[[str], HttpResponse]) -> HttpResponse | None:
    try:
        return use(form.cleaned_data["password"])
    except PasswordRefusedError as error:
        form.add_error("password", error.message)
        return None


def _form_page(
    request: HttpRequest, purpose: PersonLink.Purpose, form: NewPasswordForm, person: User
) -> HttpResponse:
    template, title = _PAGES[purpose]
    return render(request, template, {"title": title, "form": form, "person": person})
