"""Full re-authentication for one operation: a fresh second factor that is bound to it, then the password.

Every page that changes somebody's authenticators asks here. Who signed in with a recovery code has no second
factor left to show; for adding a new authenticator, and for nothing else, the code that opened their session
stands in, for a quarter of an hour. Who comes from an identity provider and has no password proves the first
factor there, as recently.
"""

from typing import Final

from django.http import HttpRequest

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.operations import Operation
from accounts.errors import StepUpRequiredError
from accounts.forms import FullProofForm, PasswordProofForm
from accounts.models import ConsoleSession, RecoveryCode, RecoveryCodeDevice, StepUp
from accounts.selectors.authenticators import authenticators_shown
from accounts.services.authenticators import password_prove, provider_session_require
from accounts.views.pages import ConsoleRequest
from accounts.views.step_up import stepped_up

_CODE_IN_SESSION: Final = "recovery_code"


def full_proof_form(request: ConsoleRequest, operation: Operation) -> FullProofForm:
    """Return the form that asks for both factors, of what this person has."""
    has_password = request.user.has_usable_password()
    return FullProofForm(request.POST or None, operation=operation, has_password=has_password)


def fully_proved(request: ConsoleRequest, operation: Operation, form: FullProofForm) -> StepUp:
    """Take a valid form's second factor and password as this person's confirmation of the operation.

    Raises:
        OperationChangedError: The person looked at something else.
        ProofRefusedError: The password didn't match.
        StepUpRefusedError: The second factor didn't.
        StepUpRequiredError: The session was opened with a recovery code.
    """
    if is_recovery_session(request):
        raise StepUpRequiredError(
            "You signed in with a recovery code: add an authenticator, sign in with it."
        )
    if not request.user.has_usable_password():
        provider_session(request)
        return stepped_up(request, operation, form)
    step_up = stepped_up(request, operation, form)
    password_prove(user=request.user, password=form.cleaned_data["password"], operation=operation)
    return step_up


def provider_session(request: HttpRequest) -> ConsoleSession:
    """Return this session, if an identity provider vouched for both factors a moment ago.

    Raises:
        StepUpRequiredError: It didn't, or too long ago.
    """
    session = getattr(request, "console_session", None)
    if not isinstance(session, ConsoleSession):
        raise StepUpRequiredError
    provider_session_require(session=session)
    return session


def is_first_by_provider(request: ConsoleRequest) -> bool:
    """Whether somebody whom an identity provider vouches for may add their first authenticator here."""
    session = getattr(request, "console_session", None)
    by_provider = isinstance(session, ConsoleSession) and session.kind == AuthenticatorKind.IDENTITY_PROVIDER
    return by_provider and not authenticators_shown(user=request.user)


def recovery_proved(request: ConsoleRequest, operation: Operation, form: PasswordProofForm) -> RecoveryCode:
    """Take the password, and the recovery code that opened this session; how old it may be the service says.

    Raises:
        ProofRefusedError: The password didn't match.
        StepUpRequiredError: No recovery code opened this session.
    """
    used_id = int(request.session.get(_CODE_IN_SESSION, 0))
    used = RecoveryCode.objects.filter(pk=used_id).select_related("device").first()
    if used is None or not is_recovery_session(request):
        raise StepUpRequiredError
    password_prove(user=request.user, password=form.cleaned_data["password"], operation=operation)
    return used


def is_recovery_session(request: HttpRequest) -> bool:
    """Whether a recovery code opened this session."""
    return isinstance(getattr(request.user, "otp_device", None), RecoveryCodeDevice)


def recovery_code_remember(request: HttpRequest, code: RecoveryCode) -> None:
    """Keep in a session that was just opened which code opened it."""
    request.session[_CODE_IN_SESSION] = code.pk
