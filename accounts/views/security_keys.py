"""The page on which people add a security key or passkey, signed in or at their enrolment.

Who is signed in confirms first that they are who they are; the confirmation stays in the session, good for
minutes and for one key. Who has no authenticator yet comes straight from their password.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.errors import SecurityKeyRefusedError, StepUpRequiredError
from accounts.forms import StepUpForm
from accounts.models import SecurityKey, StepUp, User
from accounts.selectors.custodians import is_custodian
from accounts.services.security_key_sign_in import security_key_sign_in_record
from accounts.services.security_keys import (
    security_key_add_operation,
    security_key_begin,
    security_key_register,
)
from accounts.views.challenges import Purpose, challenge_keep, challenge_take
from accounts.views.json_exchange import json_body, json_exchange
from accounts.views.pages import page_render
from accounts.views.seams import own_sign_in_address, pending_close, pending_user
from accounts.views.session import session_open
from accounts.views.step_up import stepped_up
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError

_CONFIRMED = "security_key_step_up"


@never_cache
@sensitive_post_parameters("code")
def security_key_add(request: HttpRequest) -> HttpResponse:
    """Confirm who one is, then name and register a key."""
    if (user := _signed_in(request)) is not None:
        return _add_signed_in(request, user)
    if (user := pending_user(request)) is not None:
        context = {"title": "Add a security key", "custodian": is_custodian(user)}
        return render(request, "accounts/security_key_enrol.html", context)
    return redirect_to_login(request.get_full_path(), reverse("admin:login"))


@json_exchange
def security_key_add_begin(request: HttpRequest) -> dict[str, Any]:
    """Give the browser what it needs to make a key."""
    user, _ = _registrant(request)
    options, state = security_key_begin(user=user)
    challenge_keep(request, Purpose.REGISTER, {**state, "person": user.pk})
    return options


@json_exchange
def security_key_add_finish(request: HttpRequest) -> dict[str, Any]:
    """Bind the key that the browser made; at enrolment it opens the session too."""
    body = json_body(request)
    user, step_up = _registrant(request)
    state = challenge_take(request, Purpose.REGISTER)
    name, data = body.get("name"), body.get("credential")
    if not isinstance(name, str) or not isinstance(data, dict) or state["person"] != user.pk:
        raise SecurityKeyRefusedError
    key = security_key_register(
        user=user, state=state, data=data, name=name, actor=user.actor, step_up=step_up
    )
    if step_up is None:
        return _enrolled(request, user, key)
    request.session.pop(_CONFIRMED, None)
    messages.success(request, f"The security key {key.name} is added.")
    return {"next": own_sign_in_address()}


def _add_signed_in(request: HttpRequest, user: User) -> HttpResponse:
    operation = security_key_add_operation(user=user)
    form = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid():
        try:
            request.session[_CONFIRMED] = str(stepped_up(request, operation, form).pk)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return redirect("accounts:security-key-add")
    context = {
        "title": "Add a security key",
        "form": form,
        "confirmed": _confirmation(request, user) is not None,
        "custodian": is_custodian(user),
    }
    return page_render(request, "accounts/security_key_add.html", context)


def _registrant(request: HttpRequest) -> tuple[User, StepUp | None]:
    """Say who registers a key, and with which confirmation; None is for enrolment, which the service checks.

    Raises:
        StepUpRequiredError: Nobody is here, or they haven't confirmed it.
    """
    if (user := _signed_in(request)) is not None:
        step_up = _confirmation(request, user)
        if step_up is None:
            raise StepUpRequiredError
        return user, step_up
    if (user := pending_user(request)) is not None:
        return user, None
    raise StepUpRequiredError


def _signed_in(request: HttpRequest) -> User | None:
    user = request.user if admin.site.has_permission(request) else None
    return user if isinstance(user, User) else None


def _confirmation(request: HttpRequest, user: User) -> StepUp | None:
    """Find what this session confirmed and hasn't used; the service looks at it again."""
    kept = request.session.get(_CONFIRMED)
    if kept is None:
        return None
    return StepUp.objects.filter(pk=UUID(kept), user=user, used_at=None, expires_at__gt=clock.now()).first()


def _enrolled(request: HttpRequest, user: User, key: SecurityKey) -> dict[str, Any]:
    """Open the session: the password was proved before, and the key just now."""
    with transaction.atomic():
        security_key_sign_in_record(key=key)
    pending_close(request)
    session_open(request, user, key)
    return {"next": reverse("admin:index")}
