"""Adding an authenticator app of one's own: a QR code, the code that proves it, and both present factors."""

from typing import Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.domain.operations import Operation
from accounts.domain.totp import SEED_BYTES, seed_text, seed_uri
from accounts.errors import CodeRefusedError
from accounts.forms import FullProofForm, NewTOTPForm, PasswordProofForm
from accounts.models import ConsoleSession, RecoveryCode, StepUp
from accounts.services.authenticators import totp_add, totp_add_operation, totp_code_require
from accounts.views.full_proof import (
    full_proof_form,
    fully_proved,
    is_first_by_provider,
    is_recovery_session,
    provider_session,
    recovery_proved,
)
from accounts.views.pages import ConsoleRequest, own_page, page_render
from releaseconsole.kernel import randomness, sealing
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.qr_code import qr_code_uri

_SEED_IN_SESSION: Final = "new_totp_seed"


@own_page
@require_http_methods(["GET", "POST"])
@sensitive_variables("seed")
def totp_new(request: ConsoleRequest) -> HttpResponse:
    """Show a seed until a code proves that a phone has it."""
    seed = _pending_seed(request)
    operation = totp_add_operation(user=request.user, seed=seed)
    new, proof = NewTOTPForm(request.POST or None), _proof_form(request, operation)
    if (
        request.method == "POST"
        and new.is_valid()
        and proof.is_valid()
        and _added(request, seed, operation, new, proof)
    ):
        return redirect("accounts:me")
    uri = seed_uri(seed, email=request.user.email, issuer=settings.OTP_TOTP_ISSUER)
    context = {
        "title": "Add an authenticator app",
        "new": new,
        "form": proof,
        "is_recovery_session": is_recovery_session(request),
        "is_first_by_provider": is_first_by_provider(request),
        "qr_code": qr_code_uri(uri),
        "seed_text": seed_text(seed),
    }
    return page_render(request, "accounts/totp_new.html", context)


@sensitive_variables("seed")
def _added(
    request: ConsoleRequest,
    seed: bytes,
    operation: Operation,
    new: NewTOTPForm,
    proof: forms.Form,
) -> bool:
    name, code = new.cleaned_data["name"], new.cleaned_data["new_code"]
    try:
        totp_code_require(seed=seed, code=code)  # before anything is used up
        totp_add(user=request.user, seed=seed, name=name, code=code, proof=_proved(request, operation, proof))
    except CodeRefusedError as error:
        new.add_error("new_code", error.message)
        return False
    except ConsoleError as error:
        proof.add_error(None, error.message)
        return False
    del request.session[_SEED_IN_SESSION]
    messages.success(request, f"{name} was added.")
    if is_recovery_session(request):
        messages.info(request, "Sign out and in again with it: a session of a recovery code may do little.")
    return True


def _proof_form(request: ConsoleRequest, operation: Operation) -> forms.Form:
    if is_recovery_session(request):
        return PasswordProofForm(request.POST or None)
    if is_first_by_provider(request):
        return forms.Form(request.POST or None)  # nothing is asked: the provider has just vouched for both
    return full_proof_form(request, operation)


def _proved(
    request: ConsoleRequest, operation: Operation, form: forms.Form
) -> StepUp | RecoveryCode | ConsoleSession:
    if isinstance(form, PasswordProofForm):
        return recovery_proved(request, operation, form)
    if isinstance(form, FullProofForm):
        return fully_proved(request, operation, form)
    return provider_session(request)


def _pending_seed(request: ConsoleRequest) -> bytes:
    """Keep the seed that this browser was shown on the server: from a form, somebody else could choose it."""
    kek, context = sealing.kek_current(), f"{_SEED_IN_SESSION}:user:{request.user.pk}"
    if _SEED_IN_SESSION not in request.session:
        seed = randomness.token_bytes(SEED_BYTES)
        request.session[_SEED_IN_SESSION] = kek.seal(seed, context=context)
    return kek.unseal(request.session[_SEED_IN_SESSION], context=context)
