"""The second page of sign-in, by recovery code: for who has lost their authenticators, not their codes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.errors import RecoveryCodeRefusedError
from accounts.forms import RecoveryCodeForm
from accounts.services.recovery_codes import recovery_code_use
from accounts.views.full_proof import recovery_code_remember
from accounts.views.pending import pending_close, pending_user
from accounts.views.session import session_open


@never_cache
@sensitive_post_parameters("recovery_code")
@require_POST
def second_recovery_code(request: HttpRequest) -> HttpResponse:
    """Open a session for who proved the password just before; it leads to where a new one is added."""
    user = pending_user(request)
    if user is None:
        return redirect("admin:login")
    form = RecoveryCodeForm(request.POST)
    try:
        # What the form refuses is refused by the service too, which puts it on record.
        code = form.cleaned_data["recovery_code"] if form.is_valid() else ""
        used = recovery_code_use(user=user, code=code)
    except RecoveryCodeRefusedError as error:
        messages.error(request, error.message)
        return redirect("accounts:second-factor")
    pending_close(request)
    session_open(request, user, used.device)
    recovery_code_remember(request, used)
    return redirect("accounts:me")
