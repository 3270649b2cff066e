"""Pages: all bundles and all releases of an app, where its own page shows the newest."""

from django.core.paginator import Paginator
from django.http import HttpResponse

from accounts.domain.roles import Permission
from accounts.selectors.access import channels_open_to
from accounts.views.pages import ConsoleRequest, console_page, page_render
from updates.selectors.apps import app_get, bundles_of, channel_get, channels_of
from updates.selectors.overview import releases_found

PAGE_SIZE = 50


@console_page(Permission.APP_VIEW, anywhere=True)
def bundle_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """All bundles of an app, newest first."""
    app = app_get(app_id=app_id)
    page = Paginator(bundles_of(app=app), PAGE_SIZE).get_page(request.GET.get("page"))
    may_upload = request.user.may(Permission.BUNDLE_UPLOAD, app_id=app_id)
    context = {"title": "Bundles", "app": app, "page": page, "may_upload": may_upload}
    return page_render(request, "updates/bundle_list.html", context)


@console_page(Permission.APP_VIEW, anywhere=True)
def release_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """All releases of an app, or of one of its channels, newest first; of channels that are open here."""
    app = app_get(app_id=app_id)
    wanted = request.GET.get("channel", "")
    only = channels_open_to(request.user, app_id=app_id)
    channel = channel_get(app=app, name=wanted, only=only) if wanted else None
    found = releases_found(app=app, channel=channel, only=only)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "title": f"Releases on {wanted}" if wanted else "Releases",
        "app": app,
        "page": page,
        "wanted": wanted,
        "channels": channels_of(app=app, only=only),
    }
    return page_render(request, "updates/release_list.html", context)
