"""Where a second person is needed: what a confirm page says of it, and what it does instead.

A confirm page asks `second_person(request, operation)` for what to show (None: one person is enough),
includes `accounts/part_second_person.html` with it, and on POST hands what it would do to `act`. That does
it, or asks for it, or breaks the glass; the page itself doesn't tell them apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.domain.approvals import ApprovalState
from accounts.domain.operations import Operation
from accounts.models import ApprovalRequest, StepUp, User
from accounts.selectors.policy import policy_current
from accounts.services.approval_kinds import approval_kind
from accounts.services.approvals import approval_request, approvers_of
from accounts.services.authority import Authority, BreakGlass
from accounts.services.bootstrap import bootstrap_permits
from accounts.views.pages import ConsoleRequest

_BREAK_GLASS: Final = "break_glass"


class ReasonForm(forms.Form):
    """Why, for who decides or reviews."""

    reason = forms.CharField(
        label="Why?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """What a page shows where a second person is needed.

    Attributes:
        approvers: Who could approve it, by name.
        form: Asks for the reason.
        is_emergency: One person may do it alone and have it reviewed.
        breaks_glass: That is what this page is for.
        waiting: Exactly this has been asked for already.
        glass_address: This page, for breaking the glass.
    """

    approvers: list[User]
    form: ReasonForm
    is_emergency: bool
    breaks_glass: bool
    waiting: ApprovalRequest | None
    glass_address: str

    @property
    def is_asked(self) -> bool:
        """Whether there's nothing left to ask for here."""
        return self.waiting is not None and not self.breaks_glass


def second_person(request: HttpRequest, operation: Operation) -> SecondPerson | None:
    """Say what this person needs beside their own confirmation; None: nothing."""
    user = request.user
    if not isinstance(user, User) or operation.name not in policy_current().two_people:
        return None
    if bootstrap_permits(user, operation):
        return None
    kind = approval_kind(operation.name)
    waiting = ApprovalRequest.objects.filter(digest=operation.digest(), state=ApprovalState.PENDING.value)
    query = request.GET.copy()
    query[_BREAK_GLASS] = "1"
    return SecondPerson(
        approvers=approvers_of(kind, operation=operation, requester=user),
        # What is asked for may come by POST too, at first without a proof: no reason was asked for by then.
        form=ReasonForm(request.POST if "code" in request.POST else None),
        is_emergency=kind.is_emergency,
        breaks_glass=kind.is_emergency and _BREAK_GLASS in request.GET,
        waiting=waiting.first(),
        glass_address=f"{request.path}?{query.urlencode()}",
    )


def reason_given(second: SecondPerson | None) -> bool:
    """Whether the reason is there, where one is asked for."""
    return second is None or second.form.is_valid()


def act(
    request: ConsoleRequest,
    operation: Operation,
    step_up: StepUp,
    perform: Callable[[Authority], object],
    *,
    payload: bytes = b"",
) -> HttpResponse | None:
    """Do it, or ask for it.

    Args:
        request: With the reason in it, where one is asked for.
        operation: What the person confirmed.
        step_up: Their confirmation.
        perform: Does it on an authority.
        payload: What it needs beside its facts, if it's asked for.

    Returns:
        None when it's done; where to go when it was asked for.

    Raises:
        ConsoleError: It was refused.
    """
    second = second_person(request, operation)
    if second is None:
        perform(step_up)
        return None
    reason = str(second.form.cleaned_data["reason"]) if second.form.is_valid() else ""
    if second.breaks_glass:
        perform(BreakGlass(step_up, reason))
        messages.warning(
            request, "You acted alone. Custodians and officers are told; somebody else reviews it."
        )
        return None
    row = approval_request(operation=operation, payload=payload, reason=reason, step_up=step_up)
    messages.success(request, "It's asked for. Nothing is changed until somebody else approves it.")
    return redirect("accounts:approval", row.pk)
