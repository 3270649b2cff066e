"""Pages: one request with its timeline and its next steps, who asks, and its letters."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain import rules
from compliance.desk.domain.request_letters import RequestLetterKind
from compliance.desk.domain.request_states import Step
from compliance.desk.domain.subjects import Contact
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.downstream import notices_of, providers_untold
from compliance.desk.selectors.requests import request_get, same_person, standing_of
from compliance.desk.services.handling import erasure_of
from compliance.desk.services.requests import contact_show, letter_posted, letter_take
from compliance.desk.services.requests.letters import letters_of, receipt_url
from compliance.desk.views.requests.next_steps import next_steps
from compliance.desk.views.requests.register import doer_of
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.AUDIT_VIEW, by_role=True)
def request_page(request: ConsoleRequest, reference: str) -> HttpResponse:
    """A request: what is due, what happened, what to do next. Who asks isn't on it until somebody looks."""
    return _page(request, request_get(reference=reference))


@console_page(Permission.PRIVACY_MANAGE)
@require_POST
def request_contact(request: ConsoleRequest, reference: str) -> HttpResponse:
    """The same page with who asks; that it was looked at is on the log."""
    asked = request_get(reference=reference)
    try:
        contact = contact_show(request=asked, by=doer_of(request))
    except ConsoleError:
        return _page(request, asked)
    return _page(request, asked, contact)


@console_page(Permission.PRIVACY_MANAGE)
@require_POST
def request_letter(request: ConsoleRequest, reference: str, letter: str) -> HttpResponse:
    """A letter as a file, to be printed; or, that it's posted."""
    asked = request_get(reference=reference)
    try:
        kind = RequestLetterKind(letter)
        if "posted" in request.POST:
            letter_posted(request=asked, letter=kind, by=doer_of(request))
            return redirect("desk:request", asked.reference)
        text = letter_take(request=asked, letter=kind, by=doer_of(request))
    except (ValueError, ConsoleError) as error:
        raise Http404 from error
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{asked.reference}-{letter}.txt"'
    return answer


def _page(request: ConsoleRequest, asked: PrivacyRequest, contact: Contact | None = None) -> HttpResponse:
    today = today_at(clock.now())
    may_manage = request.user.may(Permission.PRIVACY_MANAGE)
    run = erasure_of(asked)
    is_packaged = asked.steps.filter(step=Step.PACKAGED.value).exists()
    next_ones = next_steps(
        asked, today=today, run=run, is_packaged=is_packaged, untold=providers_untold(asked).count()
    )
    context = {
        "title": asked.reference,
        "asked": asked,
        "run": run,
        "receipt_url": receipt_url(asked) if may_manage else "",
        "is_ack_late": bool(
            asked.ack_due and asked.ack_sent_at and today_at(asked.ack_sent_at) > asked.ack_due
        ),
        "standing": standing_of(asked, today=today),
        "steps": asked.steps.select_related("person"),
        "next_steps": next_ones if may_manage else [],
        "usual": next((step for step in next_ones if step.is_usual), None),
        "notices": notices_of(asked),
        "today": today,
        "letters": letters_of(asked) if may_manage else [],
        "outgoing": [(letter, RequestLetterKind(letter.kind).words) for letter in asked.outgoing.all()],
        "contact": contact,
        "others": same_person(asked),
        "rules": [rules.OPT_OUT, rules.NO_IDENTITY]
        if asked.asks.is_opt_out
        else [rules.ACKNOWLEDGE, rules.ANSWER, rules.EXTEND],
        "may_manage": may_manage,
    }
    return page_render(request, "desk/requests/page.html", context)
