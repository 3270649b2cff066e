"""Pages: API tokens of machines that follow the audit log, such as a SIEM."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.models import APIToken
from accounts.services.api_tokens import api_token_issue, api_token_revoke
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.forms.feed_tokens import FeedTokenForm
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError

_SOON: Final = timedelta(days=7)


@console_page(Permission.AUDIT_VIEW)
def feed_tokens(request: ConsoleRequest) -> HttpResponse:
    """The tokens, how to use one, and a form for a new one."""
    _insider_require(request)
    tells_all = request.user.may_by_role(Permission.AUDIT_EXPORT)
    form = FeedTokenForm(request.POST or None, offers_personal=tells_all)
    issued = ""
    if request.method == "POST" and form.is_valid():
        try:
            issued = _issue(request, form)
        except ConsoleError as error:
            form.add_error(None, error.message)
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


def _issue(request: ConsoleRequest, form: FeedTokenForm) -> str:
    _, plain = api_token_issue(
        name=form.cleaned_data["name"],
        app_id="",
        permissions=form.permissions(),
        expires_at=clock.now() + timedelta(days=form.cleaned_data["days"]),
        created_by=request.user,
        actor=request.user.actor,
    )
    return plain
