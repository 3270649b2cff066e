"""A tester's own page, and what they do there about themselves."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.forms.testers_own import AddressForm, FeedbackForm
from updates.models import Tester
from updates.selectors.tester_page import tester_page
from updates.selectors.testers import presence_of, tester_of_secret
from updates.services.testers import (
    address_confirm_ask,
    feedback_send,
    mail_choose,
    tester_deletion_request,
    tester_leave,
)
from updates.views.beta.frame import beta_page

# What a page says after something was done; the address names it, so that nobody writes words into it.
_SAID: Final = {
    "feedback": "Thank you. The app's team can read it now.",
    "address": "A letter is on its way. Follow its link, and the address is kept.",
    "mail": "Your choice is kept.",
    "device": "Done. The device follows the next time you open the app.",
}


@beta_page
def own_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Everything about one's part in a beta."""
    tester = tester_of_secret(secret=secret)
    return own_render(request, tester, secret)


@beta_page
def own_devices(request: HttpRequest, secret: str) -> HttpResponse:
    """Just the devices, for a page that waits until the beta has arrived."""
    tester = tester_of_secret(secret=secret)
    context = {"secret": secret, "page": tester_page(tester=tester, now=clock.now())}
    return render(request, "beta/part_devices.html", context)


@require_POST
@beta_page
def mail_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose for which betas to get letters."""
    tester = tester_of_secret(secret=secret)
    ticked = request.POST.getlist("wants_mail")
    betas = tester_page(tester=tester, now=clock.now()).betas
    mail_choose(tester=tester, wants={beta.group_pk: str(beta.group_pk) in ticked for beta in betas})
    return said(secret, "mail")


@require_POST
@beta_page
def address_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Give an address, which a letter then asks to confirm."""
    tester = tester_of_secret(secret=secret)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            address_confirm_ask(tester=tester, email=form.cleaned_data["email"])
        except ConsoleError as error:
            form.add_error("email", error.message)
        else:
            return said(secret, "address")
    return own_render(request, tester, secret, address_form=form)


@require_POST
@beta_page
def feedback_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Write to the app's team."""
    tester = tester_of_secret(secret=secret)
    form = FeedbackForm(request.POST)
    if form.is_valid():
        try:
            feedback_send(tester=tester, **form.cleaned_data)
        except ConsoleError as error:
            form.add_error("text", error.message)
        else:
            return said(secret, "feedback")
    return own_render(request, tester, secret, feedback_form=form)


@beta_page
def leave_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Leave the beta, having read what that means."""
    tester = tester_of_secret(secret=secret)
    if request.method == "POST":
        return _done(request, tester, secret, deletes=False)
    return _confirm(request, tester, secret, deletes=False)


@beta_page
def delete_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for the deletion of one's data, having read what that means."""
    tester = tester_of_secret(secret=secret)
    if request.method == "POST":
        return _done(request, tester, secret, deletes=True)
    return _confirm(request, tester, secret, deletes=True)


def said(secret: str, what: str) -> HttpResponse:
    """Lead back to one's own page, which then says what was done."""
    response = redirect("beta:own", secret)
    response["Location"] += f"?done={what}"
    return response


def own_render(
    request: HttpRequest,
    tester: Tester,
    secret: str,
    *,
    error: str = "",
    address_form: AddressForm | None = None,
    feedback_form: FeedbackForm | None = None,
) -> HttpResponse:
    """Show one's own page, with what went wrong on it."""
    page = tester_page(tester=tester, now=clock.now())
    running = next((device.running for device in page.devices if device.running), "")
    context = {
        "title": f"Your beta of {tester.app.name}",
        "app": tester.app,
        "tester": tester,
        "secret": secret,
        "page": page,
        "presence": presence_of(app=tester.app),
        "said": _SAID.get(request.GET.get("done", ""), ""),
        "error": error,
        "address_form": address_form or AddressForm(),
        "feedback_form": feedback_form or FeedbackForm(initial={"version": running}),
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "beta/own.html", context)


def _confirm(request: HttpRequest, tester: Tester, secret: str, *, deletes: bool) -> HttpResponse:
    context = {
        "title": "Delete my data" if deletes else "Leave the beta",
        "app": tester.app,
        "secret": secret,
        "deletes": deletes,
        "devices": tester_page(tester=tester, now=clock.now()).devices,
    }
    return render(request, "beta/leave.html", context)


def _done(request: HttpRequest, tester: Tester, secret: str, *, deletes: bool) -> HttpResponse:
    try:
        if deletes:
            tester_deletion_request(tester=tester)
        else:
            tester_leave(tester=tester)
    except ConsoleError as error:
        return own_render(request, tester, secret, error=error.message)
    return redirect("beta:own", secret)
