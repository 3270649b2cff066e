"""Pages: an app's token profile, and the confirmation of each change of it.

Settings that are to be changed stand in the address of the confirming page: switches and names of algorithms.
A claim's definition never does, since its fixed value is whatever somebody types, and addresses are kept in
histories and access logs. It's handed on in the body of the request. Either way the code is bound to what was
shown.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.services.authority import Authority
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.second_person import act, reason_given, second_person
from accounts.views.step_up import stepped_up
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from signing.domain.consequences import Sentence
from signing.domain.key_words import DEVICE_ALGORITHMS
from signing.domain.lifecycle import KeyPurpose
from signing.domain.profile_consequences import claim_consequences, profile_consequences
from signing.domain.profile_operations import SETTINGS
from signing.errors import PHIConditionsError
from signing.forms import ClaimForm, ProfileForm
from signing.selectors.overview import profile_shown
from signing.services.operations import (
    claim_define_confirmed,
    claim_define_operation,
    claim_remove_confirmed,
    claim_remove_operation,
    profile_change_confirmed,
    profile_change_operation,
)
from signing.services.rules import key_rules


@console_page(Permission.KEY_VIEW)
def profile_page(request: ConsoleRequest, owner: str) -> HttpResponse:
    """What an app's tokens carry, how they are signed, and the forms that change it."""
    profile = profile_shown(app_id=owner)
    context = {
        "title": "Token profile",
        "profile": profile,
        "claims": list(profile.claims.all()),
        "algorithms": DEVICE_ALGORITHMS.items(),
        "form": ProfileForm(initial={name: getattr(profile, name) for name in SETTINGS}),
        "claim_form": ClaimForm(),
        "may_operate": request.user.may(Permission.KEY_OPERATE),
    }
    return page_render(request, "signing/profile.html", context)


@console_page(Permission.KEY_OPERATE)
def profile_change(request: ConsoleRequest, owner: str) -> HttpResponse:
    """Say what other settings would do; with a code, take them."""
    profile_shown(app_id=owner)
    form = ProfileForm(request.GET)
    if not form.is_valid():
        return _back(request, owner, form)
    changes = dict(form.cleaned_data)
    try:
        operation = profile_change_operation(app_id=owner, changes=changes)
    except PHIConditionsError as error:
        messages.error(request, f"Handles health data: {error.message}")
        return redirect("signing:profile", owner)
    facts = operation.facts
    if facts["before"] == facts["after"]:
        messages.info(request, "Nothing would change.")
        return redirect("signing:profile", owner)
    rules = key_rules(KeyPurpose.RELEASE_TOKEN)
    told = profile_consequences(
        facts["before"], facts["after"], new_key_signs_at=rules.may_sign_from(clock.now())
    )
    return _confirm(
        request,
        owner,
        operation,
        ("Change the token profile?", told),
        lambda authority: profile_change_confirmed(app_id=owner, changes=changes, authority=authority),
    )


@console_page(Permission.KEY_OPERATE)
@sensitive_post_parameters("fixed_value", "code")
def claim_define(request: ConsoleRequest, owner: str) -> HttpResponse:
    """Say what a claim would do; with a code, define it."""
    profile_shown(app_id=owner)
    if request.method != "POST":
        return redirect("signing:profile", owner)
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return _back(request, owner, form)
    claim: dict[str, Any] = form.cleaned_data
    operation = claim_define_operation(app_id=owner, **claim)
    facts = operation.facts
    return _confirm(
        request,
        owner,
        operation,
        (
            f"Define the claim {claim['name']}?",
            claim_consequences(claim["name"], facts["before"], facts["after"]),
        ),
        lambda authority: claim_define_confirmed(app_id=owner, **claim, authority=authority),
        asked_for=form,
    )


@console_page(Permission.KEY_OPERATE)
def claim_remove(request: ConsoleRequest, owner: str, name: str) -> HttpResponse:
    """Say what removing a claim would do; with a code, remove it."""
    operation = claim_remove_operation(app_id=owner, name=name)
    if operation.facts["before"] is None:
        raise Http404(name)
    return _confirm(
        request,
        owner,
        operation,
        (f"Remove the claim {name}?", claim_consequences(name, operation.facts["before"], None)),
        lambda authority: claim_remove_confirmed(app_id=owner, name=name, authority=authority),
    )


def _back(request: ConsoleRequest, owner: str, form: ProfileForm | ClaimForm) -> HttpResponse:
    """Return to the forms with what is wrong."""
    for field, errors in form.errors.items():
        label = form.fields[field].label if field in form.fields else None
        messages.error(request, f"{label or field.capitalize()}: {' '.join(str(error) for error in errors)}")
    return redirect("signing:profile", owner)


def _confirm(
    request: ConsoleRequest,
    owner: str,
    operation: Operation,
    said: tuple[str, list[Sentence]],
    perform: Callable[[Authority], object],
    *,
    asked_for: ClaimForm | None = None,
) -> HttpResponse:
    # What is asked for comes by POST too, at first without a code: that's no mistake to complain about.
    is_confirming = "code" in request.POST
    form = StepUpForm(request.POST if is_confirming else None, operation=operation)
    second = second_person(request, operation)
    if is_confirming and form.is_valid() and reason_given(second):
        try:
            asked = act(request, operation, stepped_up(request, operation, form), perform)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            if asked is None:
                messages.success(request, "The token profile is changed.")
            return asked or redirect("signing:profile", owner)
    title, sentences = said
    context = {
        "title": title,
        "owner": owner,
        "sentences": sentences,
        "second": second,
        "form": form,
        "asked_for": asked_for,
    }
    return page_render(request, "signing/profile_confirm.html", context)
