"""Asking that somebody be let in anew who has lost everything; another administrator approves it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import RecoveryRefusedError
from accounts.forms import RecoveryReasonForm, StepUpForm
from accounts.models import ApprovalRequest, User
from accounts.selectors.recovery import recoverers_of
from accounts.services.approval_kinds import Asked, approval_kind
from accounts.services.approvals import approval_request
from accounts.services.recovery import recover_operation
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from releaseconsole.kernel.errors import ConsoleError, NotFoundError


@console_page(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def person_recover_ask(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Say what will follow once somebody else agrees, and ask them."""
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFoundError("There is no such person.")
    operation = recover_operation(person=person)
    asked = RecoveryReasonForm(request.POST or None)
    form = StepUpForm(request.POST or None, operation=operation)
    others = [other for other in recoverers_of(person=person) if other.pk != request.user.pk]
    if request.method == "POST" and asked.is_valid() and form.is_valid():
        try:
            row = _ask(request, person, operation, asked, form)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Asked. {person.name} gets in when another administrator agrees.")
            return redirect("accounts:approval", row.pk)
    context = {
        "title": f"Recover the sign-in of {person.name}?",
        "person": person,
        "asked": asked,
        "form": form,
        "others": others,
        **_foreseen(request, operation),
    }
    return page_render(request, "accounts/person_recover.html", context)


def _ask(
    request: ConsoleRequest, person: User, operation: Operation, asked: RecoveryReasonForm, form: StepUpForm
) -> ApprovalRequest:
    """Ask for it.

    Raises:
        RecoveryRefusedError: They ask for themselves.
    """
    if person.pk == request.user.pk:
        raise RecoveryRefusedError("Nobody asks for their own recovery: you are in.")
    step_up = stepped_up(request, operation, form)
    return approval_request(operation=operation, reason=asked.cleaned_data["reason"], step_up=step_up)


def _foreseen(request: ConsoleRequest, operation: Operation) -> dict[str, object]:
    """Say what would follow, or why it can't be done."""
    if operation.facts["person"] == request.user.pk:
        return {"refusal": "Nobody asks for their own recovery: you are in."}
    try:
        return {"sentences": approval_kind(operation.name).foresee(Asked(operation)).sentences}
    except ConsoleError as error:
        return {"refusal": error.message}
