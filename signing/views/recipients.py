"""The page on which a custodian removes the key of an app's back end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.second_person import act, reason_given, second_person
from accounts.views.step_up import stepped_up
from releaseconsole.kernel.errors import ConsoleError
from signing.errors import SigningError
from signing.selectors.overview import profile_shown
from signing.services.operations import recipient_remove_confirmed, recipient_remove_operation


@console_page(Permission.KEY_OPERATE)
def recipient_remove(request: ConsoleRequest, owner: str) -> HttpResponse:
    """Say what follows; with a code, remove the key."""
    profile_shown(app_id=owner)
    try:
        operation = recipient_remove_operation(app_id=owner)
    except SigningError as error:
        messages.error(request, error.message)
        return redirect("signing:owner", owner)
    form = StepUpForm(request.POST or None, operation=operation)
    second = second_person(request, operation)
    if request.method == "POST" and form.is_valid() and reason_given(second):
        try:
            asked = act(
                request,
                operation,
                stepped_up(request, operation, form),
                lambda authority: recipient_remove_confirmed(app_id=owner, authority=authority),
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            if asked is None:
                messages.success(request, "The key is removed. The app's back end can register another one.")
            return asked or redirect("signing:owner", owner)
    context = {
        "title": "Remove the back end's key?",
        "owner": owner,
        "operation": operation,
        "second": second,
        "form": form,
    }
    return page_render(request, "signing/recipient_remove.html", context)
