"""The page on which somebody who is signed in adds a security key or passkey.

First they confirm that they are who they are; the confirmation stays in the session, good for minutes and for
one key. Then the browser makes the key.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from accounts.errors import SecurityKeyRefusedError, StepUpRequiredError
from accounts.models import SecurityKey, StepUp, User
from accounts.selectors.custodians import is_custodian
from accounts.services.security_keys import (
    security_key_add_operation,
    security_key_begin,
    security_key_register,
)
from accounts.views.challenges import Purpose, challenge_keep, challenge_take
from accounts.views.full_proof import full_proof_form, fully_proved
from accounts.views.json_exchange import json_body, json_exchange
from accounts.views.pages import ConsoleRequest, page_render
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError

_CONFIRMED = "security_key_step_up"


def security_key_add(request: ConsoleRequest) -> HttpResponse:
    """Confirm who one is, then name and register a key."""
    return admin.site.admin_view(sensitive_post_parameters("code", "password")(_add))(request)


def security_key_add_begin(request: HttpRequest) -> HttpResponse:
    """Give the browser what it needs to make a key."""
    return admin.site.admin_view(json_exchange(_add_begin))(request)


def security_key_add_finish(request: HttpRequest) -> HttpResponse:
    """Bind the key that the browser made."""
    return admin.site.admin_view(json_exchange(_add_finish))(request)


def registration_begun(request: HttpRequest, user: User) -> dict[str, Any]:
    """Begin a registration, and keep its challenge."""
    options, state = security_key_begin(user=user)
    challenge_keep(request, Purpose.REGISTER, {**state, "person": user.pk})
    return options


def registered(request: HttpRequest, user: User, step_up: StepUp | None) -> SecurityKey:
    """Bind what the browser sends; the attempt uses its challenge up.

    Raises:
        AccountsError: It isn't taken.
    """
    body = json_body(request)
    state = challenge_take(request, Purpose.REGISTER)
    name, data = body.get("name"), body.get("credential")
    if not isinstance(name, str) or not isinstance(data, dict) or state["person"] != user.pk:
        raise SecurityKeyRefusedError
    return security_key_register(
        user=user, state=state, data=data, name=name, actor=user.actor, step_up=step_up
    )


def _add(request: ConsoleRequest) -> HttpResponse:
    user = request.user
    operation = security_key_add_operation(user=user)
    form = full_proof_form(request, operation)
    if request.method == "POST" and form.is_valid():
        try:
            request.session[_CONFIRMED] = str(fully_proved(request, operation, form).pk)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return redirect("accounts:security-key-add")
    context = {
        "title": "Add a security key",
        "form": form,
        "confirmed": _confirmation(request) is not None,
        "custodian": is_custodian(user),
    }
    return page_render(request, "accounts/security_key_add.html", context)


def _add_begin(request: HttpRequest) -> dict[str, Any]:
    step_up = _confirmation_required(request)
    return registration_begun(request, step_up.user)


def _add_finish(request: HttpRequest) -> dict[str, Any]:
    step_up = _confirmation_required(request)
    key = registered(request, step_up.user, step_up)
    request.session.pop(_CONFIRMED, None)
    messages.success(request, f"The security key {key.name} is added.")
    return {"next": reverse("accounts:me")}


def _confirmation_required(request: HttpRequest) -> StepUp:
    step_up = _confirmation(request)
    if step_up is None:
        raise StepUpRequiredError
    return step_up


def _confirmation(request: HttpRequest) -> StepUp | None:
    """Find what this session confirmed and hasn't used; the service looks at it again."""
    kept = request.session.get(_CONFIRMED)
    if kept is None or not isinstance(request.user, User):
        return None
    mine = StepUp.objects.select_related("user").filter(user=request.user)
    return mine.filter(pk=UUID(kept), used_at=None, expires_at__gt=clock.now()).first()
