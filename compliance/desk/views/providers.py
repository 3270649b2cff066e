"""Pages: the register of providers, and what became of a notice to one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.models import StepUp
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from compliance.desk.domain.downstream import PASSED_ON, NoticeState
from compliance.desk.forms.providers import (
    AGAIN,
    ELSEWHERE,
    OTHERWISE,
    AnswerForm,
    ProviderEndForm,
    ProviderForm,
)
from compliance.desk.models import ProviderNotice, ServiceProvider
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.downstream import (
    notice_get,
    notices_open,
    overdue_among,
    provider_get,
    providers_shown,
)
from compliance.desk.services import downstream
from compliance.desk.services.requests.recording import Doer
from compliance.desk.views.requests.register import doer_of
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.AUDIT_VIEW, by_role=True)
def provider_list(request: ConsoleRequest) -> HttpResponse:
    """All providers, what isn't answered, and what the law passes on to whom."""
    today, notices = today_at(clock.now()), list(notices_open())
    rules = [
        (kind, ", ".join(sorted(role.plural for role in roles)), rule)
        for kind, (roles, rule) in PASSED_ON.items()
    ]
    context = {
        "title": "Providers",
        "providers": providers_shown(),
        "notices": notices,
        "overdue": overdue_among(notices, today=today),
        "passed_on": rules,
        "today": today,
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/providers/list.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def provider_new(request: ConsoleRequest) -> HttpResponse:
    """Register a provider; where its notices go is confirmed."""
    form = ProviderForm(request.POST or None)

    def add(step_up: StepUp | None) -> None:
        downstream.provider_add(terms=form.terms(), user=request.user, now=clock.now(), step_up=step_up)

    return _saved(request, form, "Register a provider", add) or _done(request, "The provider is registered.")


@console_page(Permission.PRIVACY_MANAGE)
def provider_edit(request: ConsoleRequest, provider_id: int) -> HttpResponse:
    """Change what is registered of a provider; another address for notices is confirmed."""
    row = provider_get(provider_id=provider_id)
    form = ProviderForm(request.POST or None, initial=ProviderForm.initial_of(row))

    def change(step_up: StepUp | None) -> None:
        downstream.provider_change(
            provider_id=row.pk,
            terms=form.terms(),
            version=form.cleaned_data["version"] or 0,
            user=request.user,
            now=clock.now(),
            step_up=step_up,
        )

    return _saved(request, form, f"Change {row.name}", change, row) or _done(request, "It's changed.")


def _saved(
    request: ConsoleRequest,
    form: ProviderForm,
    title: str,
    save: Callable[[StepUp | None], None],
    row: ServiceProvider | None = None,
) -> HttpResponse | None:
    """Save what was typed; a page, if something is wrong with it, or the address is to be confirmed first."""
    proof = None
    if request.method == "POST" and form.is_valid():
        operation = downstream.provider_address_operation(terms=form.terms(), user=request.user, provider=row)
        if row is None or form.terms().address != row.address:
            # A proof of another address than is typed now proves nothing: it's asked for anew.
            is_seen = request.POST.get("digest") == operation.digest()
            proof = StepUpForm(request.POST if is_seen else None, operation=operation)
        if proof is None or proof.is_valid():
            try:
                save(stepped_up(request, operation, proof) if proof else None)
            except ConsoleError as error:
                (proof or form).add_error(None, error.message)
            else:
                return None
    return _form(request, form, title, proof=proof)


@console_page(Permission.PRIVACY_MANAGE)
def provider_finish(request: ConsoleRequest, provider_id: int) -> HttpResponse:
    """Say that a provider has nothing any more."""
    row = provider_get(provider_id=provider_id)
    form = ProviderEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            downstream.provider_end(provider_id=row.pk, reason=reason, user=request.user, now=clock.now())
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            return _done(request, "It's ended, and stays in the register.")
    return _form(request, form, f"End {row.name}")


@console_page(Permission.PRIVACY_MANAGE)
def notice_page(request: ConsoleRequest, reference: str, provider_notice_id: int) -> HttpResponse:
    """Record what became of a notice."""
    notice = notice_get(reference=reference, notice_id=provider_notice_id)
    if not notice.is_open:
        messages.error(request, "This notice is settled already.")
        return redirect("desk:request", reference)
    form = AnswerForm(request.POST or None, notice=notice)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(notice, form.cleaned_data, doer_of(request))
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "It's on record.")
            return redirect("desk:request", reference)
    names = notice.told_read().masked
    return _form(request, form, "Notice to a provider", notice=notice, names=names)


def _answer(notice: ProviderNotice, typed: dict[str, str], by: Doer) -> None:
    answer, note = typed["answer"], typed["note"]
    if answer == AGAIN:
        downstream.notice_repeat(notice=notice, by=by)
    elif answer == ELSEWHERE:
        downstream.notice_readdress(notice=notice, address=typed["address"], by=by)
    elif answer == OTHERWISE:
        downstream.notice_sent_otherwise(notice=notice, note=note, by=by)
    else:
        downstream.notice_settle(notice=notice, to=NoticeState(answer), note=note, by=by)


def _done(request: ConsoleRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("desk:providers")


def _form(request: ConsoleRequest, form: forms.Form, title: str, **more: Any) -> HttpResponse:
    return page_render(request, "desk/providers/form.html", {"title": title, "form": form, **more})
