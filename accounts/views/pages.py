"""What every console page shares, on whichever floor: who may see it, and the frame around it.

A page is a function `(request, ...) -> HttpResponse` under `@console_page(Permission.…)`: signed in with two
factors (the admin site's own rule) and allowed by a role, or by a grant on what the address names. A refusal
is recorded and shown by `releaseconsole.error_pages`, like those of the admin site's own pages.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from accounts.domain.access import Place
from accounts.domain.roles import Permission
from accounts.models import User
from releaseconsole.kernel.errors import NotFoundError

P = ParamSpec("P")

# What stands for the console itself where pages of keys name an app.
CONSOLE_OWNER: Final = "console"


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


class HiddenError(Http404):
    """Something that isn't open to this person: to them it's as if it weren't there.

    Its text is the permission that was missing, for the record.
    """


def console_page(
    permission: Permission,
    *,
    anywhere: bool = False,
    by_role: bool = False,
    channel_of: Callable[..., str] | None = None,
) -> Callable[[Page[P]], Callable[..., HttpResponse]]:
    """Guard a page with the admin site's sign-in rule and with `permission`; what isn't found is a 404.

    The permission is asked for at the place that the address names: the app in `app_id` (or `owner`, on pages
    of keys) and the channel in `channel_name`; where it names none, on the console as a whole.

    Args:
        permission: What the person must have there.
        anywhere: To have it anywhere inside that place is enough: the page shows just that part of it.
        by_role: A role has to give it: external auditors weren't engaged for what the page shows.
        channel_of: Finds the channel where the address names something of one, such as a release; it takes
            what the address names, and raises NotFoundError where there's nothing of that name.
    """

    def guard(page: Page[P]) -> Callable[..., HttpResponse]:
        @wraps(page)
        def allowed(request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                channel = channel_of(**kwargs) if channel_of else str(kwargs.get("channel_name", ""))
                place = Place(_app_of(kwargs), channel)
                access_require(request.user, permission, place, anywhere=anywhere)
                if by_role and not request.user.may_by_role(permission):
                    raise PermissionDenied(permission.value)
                return page(request, *args, **kwargs)
            except NotFoundError as error:  # the page's own subject: what forms name is theirs to answer
                raise Http404(error.message) from error

        # What pages ask for to confirm an operation stays out of error reports.
        return admin.site.admin_view(sensitive_post_parameters("code")(allowed))

    return guard


def access_require(user: User, permission: Permission, place: Place, *, anywhere: bool = False) -> None:
    """Make sure that somebody has `permission` at a place.

    Raises:
        HiddenError: They may not even look at it; so they don't learn whether it's there.
        PermissionDenied: They may look, but not do this.
    """
    app_id, channel = place.app_id, place.channel
    if anywhere:
        has = user.may_somewhere(permission, app_id=app_id)
    else:
        has = user.may(permission, app_id=app_id, channel=channel)
    if has:
        return
    looks = user.may(Permission.APP_VIEW, app_id=app_id, channel=channel)
    if app_id and not looks and (channel or not user.may_somewhere(Permission.APP_VIEW, app_id=app_id)):
        raise HiddenError(permission.value)
    raise PermissionDenied(permission.value)


def _app_of(kwargs: Mapping[str, object]) -> str:
    """Find the app that an address names; `console` in the place of a key's owner is the console itself."""
    owner = str(kwargs.get("owner", ""))
    return str(kwargs.get("app_id", "" if owner == CONSOLE_OWNER else owner))


def page_render(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page inside the console's frame."""
    frame = {**admin.site.each_context(request), "public_url": settings.PUBLIC_URL}
    return render(request, template, {**frame, **context}, status=status)


def permissions_of(request: ConsoleRequest, *, app_id: str, channel: str = "") -> dict[str, bool]:
    """What the person may do at a place, by permission, for templates that offer only that."""
    user = request.user
    return {each.value: user.may(each, app_id=app_id, channel=channel) for each in Permission}
