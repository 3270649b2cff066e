"""What pages share that have an operation confirmed with a code, by one person or by two."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse

from accounts.domain.operations import Operation
from accounts.forms import StepUpForm
from accounts.services.authority import Authority
from accounts.views.pages import ConsoleRequest
from accounts.views.second_person import SecondPerson, act, reason_given, second_person
from accounts.views.step_up import stepped_up
from releaseconsole.kernel.errors import ConsoleError


@dataclass(frozen=True, slots=True)
class Confirming:
    """How far a confirmation has come.

    Attributes:
        form: For the page, with what is wrong.
        second: What a second person means here; None: one is enough.
        is_done: It's done.
        asked: Where to go, since it was asked for instead.
    """

    form: StepUpForm
    second: SecondPerson | None
    is_done: bool = False
    asked: HttpResponse | None = None


def confirming(
    request: ConsoleRequest, operation: Operation, perform: Callable[[Authority], object]
) -> Confirming:
    """Do an operation on a code that confirms exactly it, or ask for it; else give what its page shows."""
    form = StepUpForm(request.POST or None, operation=operation)
    second = second_person(request, operation)
    if request.method == "POST" and form.is_valid() and reason_given(second):
        try:
            asked = act(request, operation, stepped_up(request, operation, form), perform)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return Confirming(form, second, is_done=asked is None, asked=asked)
    return Confirming(form, second)
