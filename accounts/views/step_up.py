"""Confirming an operation on its page: the code is taken for what the page showed, and for nothing else.

A confirm page computes the `Operation` from the state as it is, shows what it will do, includes
`accounts/part_step_up.html` with `StepUpForm(request.POST or None, operation=…)`, and on POST hands both to
`stepped_up`; the service it then calls gets the `StepUp`.
"""

import hmac

from django.http import HttpRequest

from accounts.domain.operations import Operation
from accounts.errors import OperationChangedError, StepUpRequiredError
from accounts.forms import StepUpForm
from accounts.models import StepUp, User
from accounts.services.step_up import step_up_prove
from releaseconsole.kernel.encoding import sha256_hex


def context_of(request: HttpRequest) -> str:
    """Name the browser session without storing what opens it.

    Raises:
        StepUpRequiredError: There is no session; the hash of nothing would be the same for everybody.
    """
    key = request.session.session_key
    if not key:
        raise StepUpRequiredError
    return sha256_hex(key.encode())


def stepped_up(request: HttpRequest, operation: Operation, form: StepUpForm) -> StepUp:
    """Take a valid form's code as this person's confirmation of the operation, as computed now.

    Raises:
        OperationChangedError: The person looked at something else; the code wasn't used.
        StepUpRequiredError: Nobody is signed in here.
        StepUpRefusedError: The code doesn't confirm it.
    """
    if not hmac.compare_digest(form.cleaned_data["digest"].encode(), operation.digest().encode()):
        raise OperationChangedError
    if not isinstance(request.user, User):
        raise StepUpRequiredError
    return step_up_prove(
        user=request.user,
        operation=operation,
        code=form.cleaned_data["code"],
        context=context_of(request),
    )
