"""Pages: API tokens of machines that follow the audit log, such as a SIEM."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.models import APIToken
from accounts.services.api_tokens import api_token_revoke
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from compliance.desk.forms.feed_tokens import FeedTokenForm
from compliance.desk.services.feed_tokens import feed_token_issue, feed_token_operation
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError

_SOON: Final = timedelta(days=7)


@console_page(Permission.AUDIT_VIEW)
def feed_tokens(request: ConsoleRequest) -> HttpResponse:
    """The tokens, how to use one, and a form for a new one."""
    _insider_require(request)
    form = _form(request, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    wish = {"name": form.cleaned_data["name"], "days": form.cleaned_data["days"]}
    if form.cleaned_data.get("personal"):
        return _confirming(request, wish)
    try:
        issued = feed_token_issue(**wish, personal=False, user=request.user)
    except ConsoleError as error:
        form.add_error(None, error.message)
        return _page(request, form)
    return _page(request, _form(request, None), issued)


def _confirming(request: ConsoleRequest, wish: dict[str, Any]) -> HttpResponse:
    """Say what the machine would be told; with a confirmation of exactly this, issue its token."""
    operation = feed_token_operation(**wish, user=request.user)
    is_confirmed = "digest" in request.POST
    proof = StepUpForm(request.POST if is_confirmed else None, operation=operation)
    if is_confirmed and proof.is_valid():
        try:
            step_up = stepped_up(request, operation, proof)
            issued = feed_token_issue(**wish, personal=True, user=request.user, step_up=step_up)
        except ConsoleError as error:
            proof.add_error(None, error.message)
        else:
            return _page(request, _form(request, None), issued)
    context = {"title": "Tell a machine what is personal?", "token": wish, "form": proof}
    return page_render(request, "desk/feed_token_confirm.html", context)


def _page(request: ConsoleRequest, form: FeedTokenForm, issued: str = "") -> HttpResponse:
    now = clock.now()
    context = {
        "title": "Follow the log by machine",
        "form": form,
        "issued": issued,
        "tokens": APIToken.objects.filter(app_id="").select_related("created_by"),
        "now": now,
        "soon": now + _SOON,
    }
    response = page_render(request, "desk/feed_tokens.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _form(request: ConsoleRequest, data: QueryDict | None) -> FeedTokenForm:
    return FeedTokenForm(data, offers_personal=request.user.may_by_role(Permission.AUDIT_EXPORT))


@console_page(Permission.AUDIT_VIEW)
def feed_token_revoke(request: ConsoleRequest, token_id: int) -> HttpResponse:
    """Take a token's rights away at once."""
    _insider_require(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    token = APIToken.objects.filter(app_id="", pk=token_id).first()
    if token is None:
        messages.error(request, "There is no such token.")
    else:
        api_token_revoke(token=token, actor=request.user.actor)
        messages.success(request, f"{token.name} can't be used any more.")
    return redirect("desk:feed-tokens")


def _insider_require(request: ConsoleRequest) -> None:
    """Keep out who reads the log by an engagement only: that is for their own eyes.

    Raises:
        PermissionDenied: It's somebody like that.
    """
    if not request.user.may_by_role(Permission.AUDIT_VIEW):
        raise PermissionDenied(Permission.AUDIT_VIEW.value)
