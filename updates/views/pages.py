"""What every console page of this floor shares: who may see it, and the frame around it.

A page is a function `(request, ...) -> HttpResponse` under `@console_page(Permission.…)`: signed in with two
factors (the admin site's own rule) and allowed by a role. A refusal is recorded and shown by
`releaseconsole.error_pages`, like those of the admin site's own pages.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.domain.roles import Permission
from accounts.models import User
from updates.models import App, Channel

P = ParamSpec("P")


class ConsoleRequest(HttpRequest):
    """A request whose user is a signed-in person, as `console_page` guarantees."""

    user: User


Page = Callable[Concatenate[ConsoleRequest, P], HttpResponse]


def console_page(permission: Permission) -> Callable[[Page[P]], Callable[..., HttpResponse]]:
    """Guard a page with the admin site's sign-in rule and with `permission`."""

    def guard(page: Page[P]) -> Callable[..., HttpResponse]:
        @wraps(page)
        def allowed(request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.may(permission):
                raise PermissionDenied(permission.value)
            return page(request, *args, **kwargs)

        return admin.site.admin_view(allowed)

    return guard


def page_render(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page inside the console's frame."""
    return render(request, template, {**admin.site.each_context(request), **context}, status=status)


def app_or_404(app_id: str) -> App:
    """Find the app of this page.

    Raises:
        Http404: There is none.
    """
    app = App.objects.filter(pk=app_id).first()
    if app is None:
        raise Http404("No such app.")
    return app


def channel_or_404(app_id: str, name: str) -> Channel:
    """Find the channel of this page.

    Raises:
        Http404: There is none.
    """
    channel = Channel.objects.filter(app_id=app_id, name=name).select_related("app").first()
    if channel is None:
        raise Http404("No such channel.")
    return channel
