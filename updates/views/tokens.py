"""Pages: API tokens of an app; a new one is shown once."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import PERMISSION_WORDS, TOKEN_PERMISSIONS, Permission
from accounts.models import APIToken
from accounts.services.api_token_notices import TOLD_BEFORE
from accounts.services.api_tokens import api_token_issue, api_token_revoke
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import APITokenForm
from updates.selectors.apps import app_get


def _choices(request: ConsoleRequest, app_id: str) -> list[tuple[str, str]]:
    """Permissions that this person may pass on: only their own."""
    return [
        (permission.value, PERMISSION_WORDS[permission].capitalize())
        for permission in Permission
        if permission in TOKEN_PERMISSIONS and request.user.may(permission, app_id=app_id)
    ]


@console_page(Permission.API_TOKEN_MANAGE)
def token_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """The app's tokens, and a form for a new one."""
    app = app_get(app_id=app_id)
    now = clock.now()
    form = APITokenForm(request.POST or None, choices=_choices(request, app_id))
    issued = ""
    if request.method == "POST" and form.is_valid():
        try:
            issued = _issue(request, app_id, form)
        except ConsoleError as error:
            form.add_error(None, error.message)
    context = {
        "title": "API tokens",
        "app": app,
        "form": form,
        "issued": issued,
        "tokens": APIToken.objects.filter(app_id=app_id, publisher=None).select_related("created_by"),
        "now": now,
        "soon": now + TOLD_BEFORE,
    }
    response = page_render(request, "updates/token_list.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _issue(request: ConsoleRequest, app_id: str, form: APITokenForm) -> str:
    _, plain = api_token_issue(
        name=form.cleaned_data["name"],
        app_id=app_id,
        permissions=[Permission(value) for value in form.cleaned_data["permissions"]],
        expires_at=clock.now() + timedelta(days=form.cleaned_data["days"]),
        created_by=request.user,
        actor=request.user.actor,
    )
    return plain


@console_page(Permission.API_TOKEN_MANAGE)
@require_POST
def token_revoke(request: ConsoleRequest, app_id: str, token_id: int) -> HttpResponse:
    """Take a token's rights away at once."""
    token = APIToken.objects.filter(app_id=app_id, pk=token_id).first()
    if token is None:
        messages.error(request, "There is no such token.")
    else:
        api_token_revoke(token=token, actor=request.user.actor)
        messages.success(request, f"{token.name} can't be used any more.")
    return redirect("updates:tokens", app_id)
