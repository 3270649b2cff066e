"""Full re-authentication for one operation: a fresh second factor that is bound to it, then the password.

Every page that changes somebody's authenticators asks here. Who signed in with a recovery code has no second
factor left to show; for adding a new authenticator, and for nothing else, the code that opened their session
stands in, for a quarter of an hour.
"""

from typing import Final

from django.http import HttpRequest

from accounts.domain.operations import Operation
from accounts.errors import StepUpRequiredError
from accounts.forms import FullProofForm, PasswordProofForm
from accounts.models import RecoveryCode, RecoveryCodeDevice, StepUp
from accounts.services.authenticators import password_prove
from accounts.views.pages import ConsoleRequest
from accounts.views.step_up import stepped_up

_CODE_IN_SESSION: Final = "recovery_code"


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
    step_up = stepped_up(request, operation, form)
    password_prove(user=request.user, password=form.cleaned_data["password"], operation=operation)
    return step_up


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
