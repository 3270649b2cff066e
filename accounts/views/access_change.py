"""Confirming a change of somebody's access: what follows from it, and the code that confirms just that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.operations import Operation
from accounts.errors import OwnAccessError
from accounts.forms import StepUpForm
from accounts.models import User
from accounts.services.authority import Authority
from accounts.views.pages import ConsoleRequest, page_render
from accounts.views.second_person import act, reason_given, second_person
from accounts.views.step_up import stepped_up
from releaseconsole.kernel.errors import ConsoleError

_PERSON_PAGE: Final = "accounts:person-access"


@dataclass(frozen=True, slots=True)
class AccessChange:
    """One change, as its page tells it.

    Attributes:
        title: A question.
        sentences: What follows from it.
        operation: Names it as things are now; refuses what can't be done.
        perform: Does it on a confirmation.
        done: What is said afterwards.
        is_danger: Something is taken away.
    """

    title: str
    sentences: tuple[str, ...]
    operation: Callable[[], Operation]
    perform: Callable[[Authority], object]
    done: str
    is_danger: bool = False


def access_change_confirm(request: ConsoleRequest, person: User, change: AccessChange) -> HttpResponse:
    """Show what would follow; with a code that confirms exactly this, do it."""
    try:
        if person.pk == request.user.pk:
            raise OwnAccessError
        operation = change.operation()
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect(_PERSON_PAGE, person.pk)
    form = StepUpForm(request.POST or None, operation=operation)
    second = second_person(request, operation)
    if request.method == "POST" and form.is_valid() and reason_given(second):
        try:
            asked = act(request, operation, stepped_up(request, operation, form), change.perform)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            if asked is None:
                messages.success(request, change.done)
            return asked or redirect(_PERSON_PAGE, person.pk)
    context = {"title": change.title, "person": person, "change": change, "second": second, "form": form}
    return page_render(request, "accounts/access_confirm.html", context)
