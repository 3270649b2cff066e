"""Pages: what needs two people here, and the confirmation of a change of that.

What the policy is to become stands in the address of the confirming page, so that the code is bound to what
was shown.
"""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.policy import ALWAYS, CHOICES, POLICY_WEAKEN
from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.selectors.entitled import people_entitled
from accounts.selectors.policy import WEAKEN_DECIDER, policy_current
from accounts.services.policy import policy_change, policy_change_operation, policy_consequences
from accounts.views.pages import ConsoleRequest, console_page, own_page, page_render
from accounts.views.second_person import act, reason_given, second_person
from accounts.views.step_up import stepped_up
from releaseconsole.kernel.errors import ConsoleError

_READERS: Final = (Permission.SETTINGS_MANAGE, Permission.AUDIT_VIEW, Permission.KEY_VIEW)


class PolicyForm(forms.Form):
    """What the policy is to be."""

    two_people = forms.MultipleChoiceField(
        label="These need a second person",
        required=False,
        choices=[(name, choice.words) for name, choice in CHOICES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    custodian_security_key = forms.BooleanField(
        label="Custodians confirm with a security key that can't be copied",
        required=False,
        help_text="A passkey that is synchronised doesn't count, and neither does a one-time code.",
    )


@own_page
def policy_page(request: ConsoleRequest) -> HttpResponse:
    """What is asked of whom; with the form, for who may change it."""
    if not any(request.user.may_by_role(permission) for permission in _READERS):
        raise PermissionDenied(Permission.SETTINGS_MANAGE.value)
    policy = policy_current()
    wanted: dict[str, Any] = {
        "two_people": sorted(policy.two_people),
        "custodian_security_key": policy.custodian_security_key,
    }
    context = {
        "title": "Policy",
        "policy": policy,
        "form": PolicyForm(initial=wanted),
        "choices": [(choice.words, name in policy.two_people) for name, choice in CHOICES.items()],
        "always": [(words, name in policy.two_people) for name, words in ALWAYS.items()],
        "may_change": request.user.may(Permission.SETTINGS_MANAGE),
        "approvers": people_entitled(WEAKEN_DECIDER),
        "is_left_to_one": POLICY_WEAKEN not in policy.two_people,
    }
    return page_render(request, "accounts/policy.html", context)


@console_page(Permission.SETTINGS_MANAGE)
def policy_change_page(request: ConsoleRequest) -> HttpResponse:
    """Say what another policy would change; with a code, take it, or ask for it where it's weaker."""
    form = PolicyForm(request.GET)
    if not form.is_valid():
        messages.error(request, "That is no policy of this console.")
        return redirect("accounts:policy")
    wanted: dict[str, Any] = form.cleaned_data
    operation = policy_change_operation(**wanted)
    sentences = policy_consequences(operation)
    if not sentences:
        messages.info(request, "Nothing would change.")
        return redirect("accounts:policy")
    second = second_person(request, operation)
    proof = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and proof.is_valid() and reason_given(second):
        try:
            asked = act(
                request,
                operation,
                stepped_up(request, operation, proof),
                lambda authority: policy_change(**wanted, authority=authority),
            )
        except ConsoleError as error:
            proof.add_error(None, error.message)
        else:
            return asked or _changed(request)
    context = {
        "title": "Weaken the policy?" if operation.name == POLICY_WEAKEN else "Change the policy?",
        "sentences": sentences,
        "is_weaker": operation.name == POLICY_WEAKEN,
        "second": second,
        "form": proof,
    }
    return page_render(request, "accounts/policy_confirm.html", context)


def _changed(request: ConsoleRequest) -> HttpResponse:
    messages.success(request, "The policy is changed.")
    return redirect("accounts:policy")
