"""Pages: the devices on which a release failed, and letting them try it again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import AllowForm
from updates.selectors.apps import app_get
from updates.selectors.failures import failed_devices, failed_outcomes, release_failures
from updates.selectors.releases import release_channel, release_of_app
from updates.services.failures import release_failures_allow

PAGE_SIZE = 50


@console_page(Permission.APP_VIEW, channel_of=release_channel)
def release_failures_page(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """The devices on which a release failed, last failed first, each with its reason."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    page = Paginator(failed_outcomes(release=release), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "title": f"Where {release.bundle.version} failed",
        "app": release.app,
        "channel": release.channel,
        "release": release,
        "failures": release_failures(release=release),
        "page": page,
        "devices": failed_devices(list(page.object_list)),
        "may": permissions_of(request, app_id=app_id, channel=release.channel.name),
        "sees_app": request.user.may(Permission.APP_VIEW, app_id=app_id),
    }
    return page_render(request, "updates/release_failures.html", context)


@console_page(Permission.TESTER_MANAGE, channel_of=release_channel)
@require_POST
def release_allow(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Let one device, or all of them, try the release again."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    form = AllowForm(request.POST)
    if form.is_valid():
        try:
            devices = release_failures_allow(release=release, actor=request.user.actor, **form.cleaned_data)
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            whose = "The device" if devices == 1 else f"{devices:,} devices"
            messages.success(request, f"{whose} may be offered {release.bundle.version} again.")
    else:
        messages.error(request, "No device can have this id.")
    return redirect("updates:release-failures", app_id, release_seq)
