"""Pages: the list of apps, a new app, an app."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.access import All
from accounts.domain.roles import Permission
from accounts.models import User
from accounts.selectors.access import channels_open_to
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import AppForm
from updates.selectors.apps import app_get
from updates.selectors.figures import AppFigures, app_figures
from updates.selectors.overview import AppOverview, app_overview, apps_overview
from updates.services import app_create


@console_page(Permission.APP_VIEW, anywhere=True)
def app_list(request: ConsoleRequest) -> HttpResponse:
    """All apps that are open to the person, with what their channels serve."""
    return page_render(
        request,
        "updates/app_list.html",
        {
            "title": "Apps",
            "apps": apps_overview(user=request.user),
            "may_create": request.user.may(Permission.APP_CREATE),
        },
    )


@console_page(Permission.APP_CREATE)
def app_new(request: ConsoleRequest) -> HttpResponse:
    """A form for a new app."""
    form = AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            app = app_create(**form.cleaned_data, actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{app.name} is ready. Its first signing key has been made.")
            return redirect("updates:app", app.pk)
    return page_render(request, "updates/app_new.html", {"title": "New app", "form": form})


@console_page(Permission.APP_VIEW, anywhere=True)
def app_page(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """One app: channels with their live releases, bundles, figures; or just what concerns some channels."""
    app = app_get(app_id=app_id)
    only = channels_open_to(request.user, app_id=app_id)
    is_whole = isinstance(only, All)
    overview = app_overview(app=app, only=only)
    figures = app_figures(app) if is_whole else None
    context = {
        "title": app.name,
        "app": app,
        "overview": overview,
        "figures": figures,
        "next_step": _next_step(overview, figures) if figures else "",
        "may": permissions_of(request, app_id=app_id),
        "invites_testers": request.user.may_somewhere(Permission.TESTER_MANAGE, app_id=app_id),
        "publishes_on": _publishes_on(request.user, overview),
    }
    return page_render(request, "updates/app.html", context)


def _publishes_on(user: User, overview: AppOverview) -> set[str]:
    """Name the channels on which somebody may publish."""
    return {
        row.channel.name
        for row in overview.channels
        if user.may(Permission.RELEASE_PUBLISH, app_id=row.channel.app_id, channel=row.channel.name)
    }


def _next_step(overview: AppOverview, figures: AppFigures) -> str:
    """Name what a new app lacks first; nothing once a device has asked."""
    steps = {
        "channel": bool(overview.channels),
        "bundle": bool(overview.bundles),
        "release": bool(overview.releases),
        "device": bool(figures.devices_known),
    }
    return next((step for step, is_taken in steps.items() if not is_taken), "")
