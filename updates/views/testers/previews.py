"""Pages: previews of pull requests, one of them with its link, and ending it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts.domain.access import Place
from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, access_require, console_page, page_render
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.qr_code import qr_code_uri
from updates.domain.previews import DEFAULT_TESTERS
from updates.forms import PreviewForm
from updates.models import Channel
from updates.selectors.apps import app_get, bundles_of
from updates.selectors.overview import channel_live
from updates.selectors.previews import preview_get, preview_group, previews_of
from updates.services.previews import preview_end, preview_link_make, preview_open

VERSIONS_OFFERED = 50


@console_page(Permission.RELEASE_PUBLISH)
def preview_list(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """The app's previews, running ones first."""
    access_require(request.user, Permission.TESTER_MANAGE, Place(app_id))
    app = app_get(app_id=app_id)
    context = {"title": "Previews", "app": app, "previews": previews_of(app=app), "now": clock.now()}
    return page_render(request, "updates/testers/previews.html", context)


@console_page(Permission.RELEASE_PUBLISH)
@sensitive_variables("preview")
def preview_new(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for a preview; its link is shown once, on the answer."""
    access_require(request.user, Permission.TESTER_MANAGE, Place(app_id))
    app = app_get(app_id=app_id)
    versions = bundles_of(app=app).values_list("version", flat=True)[:VERSIONS_OFFERED]
    form = PreviewForm(request.POST or None, versions=versions)
    if request.method == "POST" and form.is_valid():
        try:
            preview = preview_open(app=app, wish=form.wish(), actor=request.user.actor, person=request.user)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            if preview.link:
                return _shown(request, preview.channel, preview.link)
            messages.success(request, "It ran already, and goes on; its link is the one that you have.")
            return redirect("updates:preview", app_id, preview.channel.name)
    context = {"title": "New preview", "app": app, "form": form}
    return page_render(request, "updates/testers/preview_new.html", context)


@console_page(Permission.RELEASE_PUBLISH)
def preview_page(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """One preview: what it serves, to whom, and until when."""
    return _shown(request, _find(request, app_id, channel_name))


@console_page(Permission.RELEASE_PUBLISH)
@require_POST
@sensitive_variables("link")
def preview_link_new(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Make a further link, and show it once."""
    channel = _find(request, app_id, channel_name)
    try:
        link = preview_link_make(
            channel=channel, testers=DEFAULT_TESTERS, actor=request.user.actor, person=request.user
        )
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("updates:preview", app_id, channel_name)
    return _shown(request, channel, link)


@console_page(Permission.RELEASE_PUBLISH)
@require_POST
def preview_over(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """End a preview before its time."""
    channel = _find(request, app_id, channel_name)
    try:
        preview_end(channel=channel, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The preview is over; its devices get the normal version again.")
    return redirect("updates:preview", app_id, channel_name)


def _find(request: ConsoleRequest, app_id: str, channel_name: str) -> Channel:
    access_require(request.user, Permission.TESTER_MANAGE, Place(app_id, channel_name))
    return preview_get(app=app_get(app_id=app_id), name=channel_name)


def _shown(request: ConsoleRequest, channel: Channel, link: str = "") -> HttpResponse:
    context = {
        "title": f"Preview of {channel.preview_of}",
        "app": channel.app,
        "channel": channel,
        "group": preview_group(channel=channel),
        "devices": channel.members.count(),
        "live": channel_live(channel=channel),
        "link": link,
        "qr_code": qr_code_uri(link) if link else "",
        "cap": DEFAULT_TESTERS,
        "sees_all": request.user.may(Permission.TESTER_MANAGE, app_id=channel.app_id),
    }
    return page_render(request, "updates/testers/preview.html", context)
