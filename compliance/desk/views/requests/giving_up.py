"""Page: giving up an erasure that is stuck, with a reason and a confirmation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from compliance.desk.forms.steps import GiveUpForm
from compliance.desk.selectors.requests import request_get
from compliance.desk.services.giving_up import give_up_operation, request_erasure_give_up
from compliance.desk.services.handling import erasure_of
from compliance.desk.views.requests.register import doer_of
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.PRIVACY_MANAGE)
def request_give_up(request: ConsoleRequest, reference: str) -> HttpResponse:
    """Say what it means; confirmed, give it up."""
    asked = request_get(reference=reference)
    operation = give_up_operation(request=asked, user=request.user)
    form = GiveUpForm(request.POST or None, request=asked)
    proof = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid() and proof.is_valid():
        try:
            step_up = stepped_up(request, operation, proof)
            request_erasure_give_up(
                request=asked, reason=form.cleaned_data["reason"], by=doer_of(request), step_up=step_up
            )
        except ConsoleError as error:
            proof.add_error(None, error.message)
        else:
            messages.success(request, "The erasure is given up. Answer the request now.")
            return redirect("desk:request", asked.reference)
    context = {
        "title": "Give up this erasure",
        "asked": asked,
        "run": erasure_of(asked),
        "form": form,
        "proof": proof,
    }
    return page_render(request, "desk/requests/give_up.html", context)
