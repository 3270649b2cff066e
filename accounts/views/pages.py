"""What every console page shares, on whichever floor: who may see it, and the frame around it.

A page is a function `(request, ...) -> HttpResponse` under `@console_page(Permission.…)`: signed in with two
factors (the admin site's own rule) and allowed by a role. A refusal is recorded and shown by
`releaseconsole.error_pages`, like those of the admin site's own pages.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from accounts.domain.roles import Permission
from accounts.models import User
from releaseconsole.kernel.errors import NotFoundError

P = ParamSpec("P")


class ConsoleRequest(HttpRequest):
    """A request whose user is a signed-in person, as `console_page` guarantees."""

    user: User


Page = Callable[Concatenate[ConsoleRequest, P], HttpResponse]


def own_page(page: Page[P]) -> Callable[..., HttpResponse]:
    """Guard a page about the person themselves: whoever is signed in with two factors has one."""

    @wraps(page)
    def found(request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return page(request, *args, **kwargs)
        except NotFoundError as error:
            raise Http404(error.message) from error

    return admin.site.admin_view(sensitive_post_parameters("code", "password")(found))


def console_page(permission: Permission) -> Callable[[Page[P]], Callable[..., HttpResponse]]:
    """Guard a page with the admin site's sign-in rule and with `permission`; what isn't found is a 404."""

    def guard(page: Page[P]) -> Callable[..., HttpResponse]:
        @wraps(page)
        def allowed(request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.may(permission):
                raise PermissionDenied(permission.value)
            try:
                return page(request, *args, **kwargs)
            except NotFoundError as error:  # the page's own subject: what forms name is theirs to answer
                raise Http404(error.message) from error

        # What pages ask for to confirm an operation stays out of error reports.
        return admin.site.admin_view(sensitive_post_parameters("code")(allowed))

    return guard


def page_render(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page inside the console's frame."""
    frame = {**admin.site.each_context(request), "public_url": settings.PUBLIC_URL}
    return render(request, template, {**frame, **context}, status=status)


def permissions_of(request: ConsoleRequest) -> dict[str, bool]:
    """What the person may do, by permission, for templates that offer only that."""
    return {permission.value: request.user.may(permission) for permission in Permission}
