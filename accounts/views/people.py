"""One person's page, and what administrators do there: invite, shut out, let in again."""

from collections.abc import Callable
from typing import Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.domain.operations import Operation
from accounts.domain.policy import CUSTODIAN_APPOINT
from accounts.domain.roles import Permission
from accounts.errors import AccountsError, PersonRefusedError
from accounts.forms import PersonForm, StepUpForm
from accounts.models import PersonLink, User
from accounts.selectors.policy import policy_current
from accounts.selectors.second_factors import is_awaited, second_factor_words, with_second_factors
from accounts.services.activity import (
    deactivate_operation,
    person_deactivate,
    person_reactivate,
    reactivate_operation,
)
from accounts.services.invites import (
    Invite,
    invite_again,
    invite_again_operation,
    invite_operation,
    invite_revoke,
    person_invite,
)
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from releaseconsole.kernel.errors import NotFoundError


class _Change(NamedTuple):
    operation: Callable[[User], Operation]
    perform: Callable[..., User]
    done: str


_CHANGES: Final = {
    "deactivate": _Change(deactivate_operation, person_deactivate, "{} is shut out."),
    "reactivate": _Change(reactivate_operation, person_reactivate, "{} can sign in again."),
}


@console_page(Permission.PEOPLE_MANAGE)
@require_safe
def person_page(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Show one person, with what can be done."""
    person = _person(person_id)
    context = {
        "title": person.name,
        "person": person,
        "authenticators": second_factor_words(person),
        "is_awaited": is_awaited(person),
        "invite": PersonLink.objects.filter(
            person=person, purpose=PersonLink.Purpose.INVITE, ended_at=None
        ).first(),
    }
    return page_render(request, "accounts/person.html", context)


@console_page(Permission.PEOPLE_MANAGE)
def person_invite_page(request: ConsoleRequest) -> HttpResponse:
    """Ask whom; say what would be done, to be confirmed with a code; then show the invite's link once."""
    person_form = PersonForm(
        request.POST or None, two_appoint_custodians=CUSTODIAN_APPOINT in policy_current().two_people
    )
    if request.method != "POST" or not person_form.is_valid():
        return _invite_form(request, person_form)
    operation = invite_operation(**person_form.cleaned_data)
    is_confirmed = "digest" in request.POST
    form = StepUpForm(request.POST if is_confirmed else None, operation=operation)
    if is_confirmed and form.is_valid():
        try:
            invite = person_invite(**person_form.cleaned_data, step_up=stepped_up(request, operation, form))
        except PersonRefusedError as error:
            person_form.add_error(None, error.message)
            return _invite_form(request, person_form)
        except AccountsError as error:
            form.add_error(None, error.message)
        else:
            return _invited(request, invite)
    title = f"Invite {person_form.cleaned_data['name']}?"
    context = {"title": title, "person_form": person_form, "form": form}
    return page_render(request, "accounts/person_new_confirm.html", context)


@console_page(Permission.PEOPLE_MANAGE)
def person_deactivate_page(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Say what will follow; with a code that confirms exactly this, shut the person out."""
    return _changing(request, _person(person_id), "deactivate")


@console_page(Permission.PEOPLE_MANAGE)
def person_reactivate_page(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Say what will follow; with a code that confirms exactly this, let the person in again."""
    return _changing(request, _person(person_id), "reactivate")


@console_page(Permission.PEOPLE_MANAGE)
def invite_again_page(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """With a code that confirms it, make another link and show it once."""
    person = _person(person_id)
    operation = invite_again_operation(person)
    form = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid():
        try:
            invite = invite_again(person=person, step_up=stepped_up(request, operation, form))
        except AccountsError as error:
            form.add_error(None, error.message)
        else:
            return page_render(
                request, "accounts/person_invited.html", {"title": "Invited", "invite": invite}
            )
    context = {"title": f"Invite {person.name} again?", "person": person, "form": form, "what": "invite"}
    return page_render(request, "accounts/person_confirm.html", context)


@console_page(Permission.PEOPLE_MANAGE)
@require_POST
def invite_revoke_now(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Make an open invite worthless."""
    try:
        invite_revoke(person=_person(person_id), actor=request.user.actor)
    except AccountsError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The invite is revoked.")
    return redirect("accounts:person", person_id)


def _invite_form(request: ConsoleRequest, form: PersonForm) -> HttpResponse:
    return page_render(request, "accounts/person_new.html", {"title": "Invite a person", "form": form})


@sensitive_variables()
def _invited(request: ConsoleRequest, invite: Invite) -> HttpResponse:
    context = {"title": f"{invite.person.name} is invited", "invite": invite}
    return page_render(request, "accounts/person_invited.html", context)


def _changing(request: ConsoleRequest, person: User, what: str) -> HttpResponse:
    change = _CHANGES[what]
    operation = change.operation(person)
    form = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid():
        try:
            change.perform(person=person, step_up=stepped_up(request, operation, form))
        except AccountsError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, change.done.format(person.name))
            return redirect("accounts:person", person.pk)
    context = {"title": f"{what.capitalize()} {person.name}?", "person": person, "form": form, "what": what}
    return page_render(request, "accounts/person_confirm.html", context)


def _person(person_id: int) -> User:
    """Find a person.

    Raises:
        NotFoundError: There is none.
    """
    people = User.objects.filter(pk=person_id).prefetch_related("groups")
    person = with_second_factors(people).first()
    if person is None:
        raise NotFoundError("There is no such person.")
    return person
