"""Pages: business associates, and decisions on addressable specifications."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.phi.papers import ReviewState
from compliance.desk.forms.phi_papers import AssociateEndForm, AssociateForm, DecisionForm
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.phi.papers import associate_get, associates_shown, specifications_shown
from compliance.desk.services.phi.associates import associate_add, associate_change, associate_end
from compliance.desk.services.phi.decisions import decision_write
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.AUDIT_VIEW, by_role=True)
def associates(request: ConsoleRequest) -> HttpResponse:
    """All associates, those that stand first."""
    shown = associates_shown(today=today_at(clock.now()))
    context = {
        "title": "Business associates",
        "associates": shown,
        "overdue": sum(each.review is ReviewState.OVERDUE for each in shown),
        "lacking": sum(bool(each.lacks) for each in shown),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/phi/associates.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def associate_new(request: ConsoleRequest) -> HttpResponse:
    """Register an associate."""
    form = AssociateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            associate_add(terms=form.terms(), user=request.user, now=clock.now())
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return _done(request, "The associate is registered.", "desk:phi-associates")
    return _form(request, form, "Register a business associate", "desk:phi-associates")


@console_page(Permission.PRIVACY_MANAGE)
def associate_edit(request: ConsoleRequest, associate_id: int) -> HttpResponse:
    """Change what is registered of an associate."""
    row = associate_get(associate_id=associate_id)
    initial = {name: getattr(row, name) for name in AssociateForm.base_fields}
    form = AssociateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            associate_change(
                associate_id=row.pk, terms=form.terms(), version=version, user=request.user, now=clock.now()
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return _done(request, "It's changed.", "desk:phi-associates")
    return _form(request, form, f"Change {row.name}", "desk:phi-associates")


@console_page(Permission.PRIVACY_MANAGE)
def associate_finish(request: ConsoleRequest, associate_id: int) -> HttpResponse:
    """Say that an associate handles nothing any more."""
    row = associate_get(associate_id=associate_id)
    form = AssociateEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            associate_end(associate_id=row.pk, reason=reason, user=request.user, now=clock.now())
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return _done(request, "It's ended, and stays in the register.", "desk:phi-associates")
    return _form(request, form, f"End {row.name}", "desk:phi-associates")


@console_page(Permission.AUDIT_VIEW, by_role=True)
def decisions(request: ConsoleRequest) -> HttpResponse:
    """Every addressable specification, with what was decided."""
    shown = specifications_shown(today=today_at(clock.now()))
    context = {
        "title": "Addressable decisions",
        "specifications": shown,
        "open": sum(each.row is None for each in shown),
        "overdue": sum(each.review is ReviewState.OVERDUE for each in shown),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/phi/decisions.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def decision_new(request: ConsoleRequest) -> HttpResponse:
    """Write a decision down."""
    asked = {"specification": request.GET.get("specification", "")}
    form = DecisionForm(request.POST or None, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            decision_write(terms=form.terms(), user=request.user, now=clock.now())
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return _done(request, "The decision is written down.", "desk:phi-decisions")
    return _form(request, form, "Write down a decision", "desk:phi-decisions")


def _done(request: ConsoleRequest, words: str, back: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(back)


def _form(request: ConsoleRequest, form: forms.Form, title: str, back: str) -> HttpResponse:
    context: dict[str, Any] = {"title": title, "form": form, "back": back}
    return page_render(request, "desk/phi/paper.html", context)
