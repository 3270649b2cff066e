"""Pages: the steps of a request. Each says what it means and shows the letter before it's sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain import rules
from compliance.desk.domain.clocks import EXTENDED_DAYS
from compliance.desk.domain.denials import GROUNDS, bases_for
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.forms.steps import (
    BackdateForm,
    CompleteForm,
    DenyForm,
    ExtendForm,
    StepForm,
    TellForm,
    VerifyForm,
)
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.requests import request_get
from compliance.desk.services import requests as services
from compliance.desk.services.handling import erasure_answer, erasure_of, request_tell
from compliance.desk.services.requests import RequestLetter, letter_compose
from compliance.desk.services.requests.letters import Draft
from compliance.desk.services.requests.recording import Doer
from compliance.desk.views.requests.register import doer_of
from releaseconsole.kernel.errors import ConsoleError


@dataclass(frozen=True, slots=True)
class StepPage:
    """How the page of a step looks, and what it does.

    Attributes:
        title: A question, or what is done.
        means: What happens then.
        button: What does it.
        said: What the next page says.
        act: The service, from the request, the form and who does it.
        form: What has to be typed.
        letter: Which letter goes.
        rule: What it rests on.
    """

    title: str
    means: str
    button: str
    said: str
    act: Callable[[PrivacyRequest, Any, Doer], PrivacyRequest]
    form: type[StepForm] = StepForm
    letter: RequestLetterKind | None = None
    rule: rules.Rule | None = None


_PAGES: Final = {
    "acknowledge": StepPage(
        "Acknowledge",
        "The letter says how it is processed, how identity is verified, and when there is an answer.",
        "Send the acknowledgement",
        "It's acknowledged.",
        lambda asked, _, by: services.request_acknowledge(request=asked, by=by),
        letter=RequestLetterKind.ACKNOWLEDGE,
        rule=rules.ACKNOWLEDGE,
    ),
    "verify": StepPage(
        "Verify identity",
        "Say how you made sure who asks, and what of what they named is theirs. Ask for no more than is "
        "needed, and compare with what is held already.",
        "Record it as verified",
        "Identity is verified.",
        lambda asked, form, by: services.request_verify(
            request=asked, method=form.method_chosen(), proved=form.proved_chosen(), by=by
        ),
        form=VerifyForm,
    ),
    "fail-verification": StepPage(
        "Record a failed check",
        "You couldn't make sure who asks. You can try again; the deadline stays where it is.",
        "Record it",
        "It's recorded. The clock runs on.",
        lambda asked, _, by: services.request_verification_fail(request=asked, by=by),
        rule=rules.ANSWER,
    ),
    "extend": StepPage(
        "Extend to 90 days",
        "Once only. The letter gives the reason and the new deadline.",
        "Send the notice and extend",
        "It's extended.",
        lambda asked, form, by: services.request_extend(
            request=asked, reason=form.cleaned_data["reason"], by=by
        ),
        form=ExtendForm,
        letter=RequestLetterKind.EXTEND,
        rule=rules.EXTEND,
    ),
    "deny": StepPage(
        "Deny",
        "Nothing of it is done. The letter names the sections and explains. Then name and address of who "
        "asks are removed.",
        "Send the denial and close",
        "It's denied and closed.",
        lambda asked, form, by: services.request_deny(
            request=asked, bases=form.bases_chosen(), explanation=form.cleaned_data["explanation"], by=by
        ),
        form=DenyForm,
        letter=RequestLetterKind.DENY,
    ),
    "complete": StepPage(
        "Send the answer",
        "What was asked for is done, in whole or in part, and the letter says so. Then the request is "
        "closed, and name and address of who asks are removed.",
        "Send the answer and close",
        "It's answered and closed.",
        lambda asked, form, by: services.request_complete(
            request=asked,
            bases=form.bases_chosen(),
            explanation=form.cleaned_data["explanation"],
            by=by,
            result=_result(asked),
            unanswered=form.cleaned_data["unanswered"],
            otherwise=form.cleaned_data.get("otherwise", ""),
        ),
        form=CompleteForm,
        letter=RequestLetterKind.COMPLETE,
    ),
    "tell": StepPage(
        "Tell the providers",
        "Each provider whom it concerns, and who has no notice of it yet, gets one by e-mail: a reference "
        "and, of the identifiers that the request names those by which they find people.",
        "Send the notices",
        "The notices are in the outbox.",
        lambda asked, form, by: request_tell(request=asked, words=form.cleaned_data.get("words", ""), by=by),
        form=TellForm,
    ),
    "withdraw": StepPage(
        "Record a withdrawal",
        "Who asked wants it no more. The letter tells them that it's closed; then their name and address are "
        "removed.",
        "Close it as withdrawn",
        "It's closed as withdrawn.",
        lambda asked, _, by: services.request_withdraw(request=asked, by=by),
        letter=RequestLetterKind.WITHDRAW,
    ),
    "backdate": StepPage(
        "Correct the date of receipt",
        "It came earlier than it was entered. The clock began then, and all deadlines move back with it.",
        "Move the deadlines back",
        "The deadlines have moved.",
        lambda asked, form, by: services.request_backdate(
            request=asked, received_at=form.moment(), reason=form.cleaned_data["reason"], by=by
        ),
        form=BackdateForm,
        rule=rules.ANSWER,
    ),
}


@console_page(Permission.PRIVACY_MANAGE)
def request_step(request: ConsoleRequest, reference: str, step: str) -> HttpResponse:
    """Say what a step means, show its letter, and take it."""
    asked, page = request_get(reference=reference), _PAGES.get(step)
    if page is None:
        raise Http404
    initial = _initial(asked) if step == "complete" else {}
    form = page.form(request.POST if request.method == "POST" else None, request=asked, initial=initial)
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            page.act(asked, form, doer_of(request))
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, page.said)
            return redirect("desk:request", asked.reference)
    letter = _letter(asked, page, form)
    context = {"title": page.title, "asked": asked, "step": page, "form": form, "letter": letter}
    return page_render(request, "desk/requests/step.html", context)


def _result(asked: PrivacyRequest) -> dict[str, int]:
    run = erasure_of(asked)
    return erasure_answer(run).result if run else {}


def _initial(asked: PrivacyRequest) -> dict[str, Any]:
    """Name the sections on which an erasure left something, and why; the officer says whether it's so."""
    run = erasure_of(asked)
    if run is None:
        return {}
    answer = erasure_answer(run)
    bases = [
        basis for basis in bases_for(asked.asks) if GROUNDS[basis].rule.section.endswith(answer.sections)
    ]
    return {"bases": bases, "explanation": answer.why}


def _letter(asked: PrivacyRequest, page: StepPage, form: Any) -> RequestLetter | None:
    """Write the letter as it would go; with what the form has so far."""
    if page.letter is None or asked.is_closed:
        return None
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    draft = Draft(
        extended_due=asked.received_on + timedelta(days=EXTENDED_DAYS),
        reason=said.get("reason", ""),
        bases=form.bases_chosen() if said.get("bases") else (),
        explanation=said.get("explanation", ""),
    )
    return letter_compose(request=asked, letter=page.letter, draft=draft)
