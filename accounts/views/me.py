"""“Your sign-in”: a person's own authenticators and recovery codes, to see and to change."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_otp.models import Device

from accounts.domain.operations import Operation
from accounts.errors import AuthenticatorRefusedError
from accounts.forms import AuthenticatorNameForm, FullProofForm
from accounts.models import AuthenticatorRecord, StepUp
from accounts.selectors.authenticators import (
    KIND_WORDS,
    authenticator_of,
    authenticators_shown,
    kind_of,
    recovery_codes_of,
)
from accounts.services.authenticators import (
    authenticator_operation,
    authenticator_remove,
    authenticator_rename,
    recovery_codes_make,
    recovery_codes_operation,
    removal_require,
)
from accounts.views.full_proof import full_proof_form, fully_proved, is_recovery_session
from accounts.views.pages import ConsoleRequest, own_page, page_render
from releaseconsole.kernel.errors import ConsoleError


@own_page
@require_GET
def me(request: ConsoleRequest) -> HttpResponse:
    """Show what this person signs in with, and what they once did."""
    context = {
        "title": "Your sign-in",
        "authenticators": authenticators_shown(user=request.user),
        "recovery_codes": recovery_codes_of(user=request.user),
        "is_recovery_session": is_recovery_session(request),
        "removed": AuthenticatorRecord.objects.filter(person_id=request.user.pk).exclude(removed_at=None),
        "links": _links(),
    }
    return page_render(request, "accounts/me.html", context)


@own_page
@require_http_methods(["GET", "POST"])
def rename(request: ConsoleRequest, model: str, pk: int) -> HttpResponse:
    """Call an authenticator something else."""
    device = _own_device(request, model, pk)
    named = AuthenticatorNameForm(request.POST or None, initial={"name": device.name})
    operation = authenticator_operation(user=request.user, device=device, what="rename")
    proof = full_proof_form(request, operation)

    def perform(step_up: StepUp) -> None:
        name = named.cleaned_data["name"]
        authenticator_rename(user=request.user, model=model, pk=pk, name=name, step_up=step_up)

    if named.is_valid() and _performed(request, operation, proof, perform):
        messages.success(request, f"It's called {named.cleaned_data['name']} now.")
        return redirect("accounts:me")
    context = {"title": f"Rename {device.name}", "named": named, "form": proof}
    return page_render(request, "accounts/authenticator_rename.html", context)


@own_page
@require_http_methods(["GET", "POST"])
def remove(request: ConsoleRequest, model: str, pk: int) -> HttpResponse:
    """Say what follows when an authenticator goes, then take it away."""
    device = _own_device(request, model, pk)
    operation = authenticator_operation(user=request.user, device=device, what="remove")
    form = full_proof_form(request, operation)

    def perform(step_up: StepUp) -> None:
        authenticator_remove(user=request.user, model=model, pk=pk, step_up=step_up)

    refusal = _removal_refusal(request, device)
    if not refusal and _performed(request, operation, form, perform):
        messages.success(request, f"{device.name} was removed.")
        return redirect("accounts:me")
    context = {
        "title": f"Remove {device.name}?",
        "kind": KIND_WORDS[kind_of(device)].lower(),
        "opened_this_session": device.persistent_id == _session_device_id(request),
        "refusal": refusal,
        "form": form,
    }
    return page_render(request, "accounts/authenticator_remove.html", context)


@own_page
@require_http_methods(["GET", "POST"])
def recovery_codes(request: ConsoleRequest) -> HttpResponse:
    """Make new recovery codes and show them, this once."""
    operation = recovery_codes_operation(user=request.user)
    form = full_proof_form(request, operation)
    made: list[str] = []

    def perform(step_up: StepUp) -> None:
        made.extend(recovery_codes_make(user=request.user, step_up=step_up))

    if _performed(request, operation, form, perform):
        return page_render(
            request, "accounts/recovery_codes_made.html", {"title": "Your recovery codes", "codes": made}
        )
    context = {
        "title": "Make recovery codes",
        "present": recovery_codes_of(user=request.user),
        "form": form,
    }
    return page_render(request, "accounts/recovery_codes.html", context)


def _performed(
    request: ConsoleRequest, operation: Operation, form: FullProofForm, perform: Callable[[StepUp], None]
) -> bool:
    """Prove both factors and do it; what is refused stands in the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        perform(fully_proved(request, operation, form))
    except ConsoleError as error:
        form.add_error(None, error.message)
        return False
    return True


def _own_device(request: ConsoleRequest, model: str, pk: int) -> Device:
    device = authenticator_of(user=request.user, model=model, pk=pk)
    if device is None:
        raise Http404
    return device


def _removal_refusal(request: ConsoleRequest, device: Device) -> str:
    try:
        removal_require(user=request.user, device=device)
    except AuthenticatorRefusedError as error:
        return error.message
    return ""


def _session_device_id(request: ConsoleRequest) -> str:
    device: Any = getattr(request.user, "otp_device", None)
    return device.persistent_id if device else ""


def _links() -> list[dict[str, str]]:
    """List the pages beside this one."""
    pages = [
        ("accounts:password-change", "Change your password", "It ends your other sessions."),
        ("accounts:sessions", "Your sessions", "Browsers in which you're signed in."),
    ]
    if settings.OIDC_ISSUER:
        pages.append(("accounts:identities", "Single sign-on", f"Your link to {settings.OIDC_NAME}."))
    return [{"link": reverse(name), "title": title, "about": about} for name, title, about in pages]
