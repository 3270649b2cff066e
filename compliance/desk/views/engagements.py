"""Pages: audits, one with its request list, samples and packs, and what is done about them."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.views.pages import ConsoleRequest, HiddenError, console_page, page_render
from compliance.desk.forms.engagements import (
    AnswerForm,
    AskedForm,
    AuditCloseForm,
    AuditForm,
    AuditorsForm,
    DeliveryForm,
    SampleForm,
    SettleForm,
)
from compliance.desk.models import Export
from compliance.desk.models.engagements import AskedState, AuditEngagement, AuditorRequest
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.draws import audit_draws_before
from compliance.desk.selectors.engagements import asked_get, audit_get, audits_open_to
from compliance.desk.selectors.opened_packs import openings_of
from compliance.desk.services.engagements import (
    asked_add,
    asked_answer,
    asked_settle,
    audit_accesses_set,
    audit_close,
    audit_open,
    pack_deliver,
    sample_order,
)
from compliance.ledger.domain.events import Action
from compliance.ledger.domain.phrases import phrase
from releaseconsole.admin_base import StartPageCard
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError, NotFoundError


@console_page(Permission.AUDIT_VIEW)
def audit_list(request: ConsoleRequest) -> HttpResponse:
    """All audits that this person may see."""
    context = {
        "title": "Audits",
        "audits": audits_open_to(request.user),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/engagements/list.html", context)


def audits_card(request: HttpRequest) -> StartPageCard | None:
    """The console's start page of an external auditor begins with the audits that name them."""
    user = request.user
    if not isinstance(user, User) or user.may_by_role(Permission.AUDIT_VIEW):
        return None
    audits = list(audits_open_to(user)) if user.may(Permission.AUDIT_VIEW) else []
    return StartPageCard(3, "desk/engagements/card.html", {"audits": audits}) if audits else None


@console_page(Permission.PRIVACY_MANAGE)
def audit_new(request: ConsoleRequest) -> HttpResponse:
    """A form for a new one."""
    form = AuditForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            audit = audit_open(terms=form.terms(), opener=request.user)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return redirect("desk:audit", audit.pk)
    context = {"title": "Open an audit", "form": form, "button": "Open the audit"}
    return page_render(request, "desk/engagements/act.html", context)


@console_page(Permission.AUDIT_VIEW)
def audit_page(request: ConsoleRequest, audit_id: int) -> HttpResponse:
    """One audit, for officers and for the auditors whom it names."""
    try:
        audit = audit_get(audit_id=audit_id, user=request.user)
    except NotFoundError as error:
        raise HiddenError(Permission.AUDIT_VIEW.value) from error
    samples = list(audit.samples.select_related("checkpoint", "ordered_by"))
    for sample in samples:
        sample.phrase, sample.earlier = phrase(sample.action, ""), audit_draws_before(sample)
    context = {
        "title": audit.title,
        "audit": audit,
        "requests": audit.requests.select_related("answered_by", "export"),
        "samples": samples,
        "deliveries": audit.deliveries.select_related("copy__export", "copy__by"),
        "accesses": audit.accesses.select_related("person"),
        "openings": openings_of(audit),
        "today": today_at(clock.now()),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE) and audit.closed_at is None,
        "may_export": request.user.may(Permission.AUDIT_EXPORT),
    }
    return page_render(request, "desk/engagements/page.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def audit_auditors(request: ConsoleRequest, audit_id: int) -> HttpResponse:
    """Say which external auditors it's about."""
    audit = audit_get(audit_id=audit_id, user=request.user)
    form = AuditorsForm(
        request.POST or None, initial={"accesses": [str(each.pk) for each in audit.accesses.all()]}
    )
    words = ("Whose audit is it?", "Save", "It's noted.")
    return _acted(
        request,
        audit,
        form,
        words,
        lambda: audit_accesses_set(audit=audit, accesses=form.chosen(), by=request.user),
    )


@console_page(Permission.PRIVACY_MANAGE)
def audit_ask(request: ConsoleRequest, audit_id: int) -> HttpResponse:
    """Add to the request list."""
    audit = audit_get(audit_id=audit_id, user=request.user)
    form = AskedForm(request.POST or None)
    words = ("What does the auditor ask for?", "Add the request", "It's on the list.")
    return _acted(
        request,
        audit,
        form,
        words,
        lambda: asked_add(audit=audit, **form.cleaned_data, by=request.user),
    )


@console_page(Permission.PRIVACY_MANAGE)
def audit_answer(request: ConsoleRequest, audit_id: int, number: int) -> HttpResponse:
    """Answer a request; or say what became of an answer."""
    audit, line = audit_get(audit_id=audit_id, user=request.user), asked_get(audit_id=audit_id, number=number)
    if line.state != AskedState.OPEN:
        settling = SettleForm(request.POST or None)
        words = (f"Request {number}", "Save", "It's noted.")
        return _acted(
            request,
            audit,
            settling,
            words,
            lambda: asked_settle(
                line=line, state=AskedState(settling.cleaned_data["state"]), by=request.user
            ),
            line=line,
        )
    form = AnswerForm(request.POST or None)
    words = (f"Answer request {number}", "Answer", "It's answered.")
    return _acted(
        request,
        audit,
        form,
        words,
        lambda: asked_answer(
            line=line, answer=form.cleaned_data["answer"], export=form.pack(), by=request.user
        ),
        line=line,
    )


@console_page(Permission.PRIVACY_MANAGE)
def audit_sample(request: ConsoleRequest, audit_id: int) -> HttpResponse:
    """Order a sample; it's drawn as soon as a checkpoint covers the order."""
    audit = audit_get(audit_id=audit_id, user=request.user)
    form = SampleForm(request.POST or None)

    def order() -> None:
        typed = form.cleaned_data
        sample_order(
            audit=audit,
            action=Action(typed["action"]),
            app_id=typed["app_id"],
            wanted=typed["wanted"],
            by=request.user,
        )

    words = (
        "Draw a sample",
        "Draw the sample",
        "The sample is ordered. It's drawn by the next checkpoint's root.",
    )
    return _acted(request, audit, form, words, order)


@console_page(Permission.PRIVACY_MANAGE)
def audit_deliver(request: ConsoleRequest, audit_id: int) -> HttpResponse:
    """Note that the auditor was given a pack."""
    audit = audit_get(audit_id=audit_id, user=request.user)
    form = DeliveryForm(request.POST or None)
    words = (
        "Which pack was the auditor given?",
        "Record it",
        "It's recorded, in the register of exports, too.",
    )

    def deliver() -> None:
        typed = form.cleaned_data
        export = Export.objects.get(pk=typed["export"])
        pack_deliver(audit=audit, export=export, holder=typed["holder"], note=typed["note"], by=request.user)

    return _acted(request, audit, form, words, deliver)


@console_page(Permission.PRIVACY_MANAGE)
def audit_over(request: ConsoleRequest, audit_id: int) -> HttpResponse:
    """Close it."""
    audit = audit_get(audit_id=audit_id, user=request.user)
    form = AuditCloseForm(request.POST or None)
    words = ("Close the audit", "Close the audit", "The audit is closed.")
    return _acted(
        request,
        audit,
        form,
        words,
        lambda: audit_close(audit=audit, outcome=form.cleaned_data["outcome"], by=request.user),
    )


def _acted(
    request: ConsoleRequest,
    audit: AuditEngagement,
    form: forms.Form,
    words: tuple[str, str, str],
    act: Callable[[], object],
    *,
    line: AuditorRequest | None = None,
) -> HttpResponse:
    """Show a form, and do what it asks for; `words`: the title, the button, what is said afterwards."""
    title, button, said = words
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, said)
            return redirect("desk:audit", audit.pk)
    context = {"title": title, "audit": audit, "line": line, "form": form, "button": button}
    return page_render(request, "desk/engagements/act.html", context)
