"""Pages for what a person may not see and for what isn't there, inside the console's frame.

Every refusal to somebody who is signed in passes here, from the admin site's pages as from those under
`console_page`, and is recorded here. Who isn't signed in gets `404.html`, the
same for every address.
"""

from collections.abc import Mapping

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.views.pages import HiddenError
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is missing; `PermissionDenied` may carry the permission's name."""
    if not admin.site.has_permission(request) or not isinstance(request.user, User):
        return defaults.permission_denied(request, exception)
    permission = str(exception)
    _denial_record(request.user, permission, request.path)
    # Some pages ask for a role: then "you lack this permission" would be untrue to who has it otherwise.
    has_it = permission in set(Permission) and request.user.may_somewhere(Permission(permission))
    context = {"title": "Not allowed", "permission": permission, "has_it": has_it}
    return _page(request, "console/refused.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Lead back to where there is something; what isn't open to somebody looks the same, and is recorded."""
    if not admin.site.has_permission(request) or not isinstance(request.user, User):
        return defaults.page_not_found(request, exception)
    if isinstance(exception, HiddenError):
        _denial_record(request.user, str(exception), request.path)
    return _page(request, "console/not_found.html", {"title": "Not found"}, status=404)


def _denial_record(user: User, permission: str, path: str) -> None:
    audit_record(
        action=Action.ACCESS_DENIED,
        actor=user.actor,
        now=clock.now(),
        outcome=Outcome.DENIED,
        detail={"permission": permission, "path": path},
    )


def _page(request: HttpRequest, template: str, context: Mapping[str, object], *, status: int) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context}, status=status)
