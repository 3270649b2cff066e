"""Pages: shutting a channel or an app off, at once; lifting that, by the approval of somebody else."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import ShutoffForm
from updates.models import App, Channel
from updates.selectors.apps import app_get
from updates.selectors.figures import app_figures, channel_figures
from updates.services import app_shut_off, channel_shut_off
from updates.services.approval_kinds import lift_consequences
from updates.services.shutoff_lifting import shutoff_lift, shutoff_lift_operation
from updates.views.confirming import confirming
from updates.views.pages import channel_find


@console_page(Permission.RELEASE_ROLL_BACK)
def channel_shutoff(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Say whom it concerns; with a reason, shut the channel off."""
    channel = channel_find(app_id, channel_name)
    form = ShutoffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        channel_shut_off(channel=channel, **form.cleaned_data, actor=request.user.actor)
        messages.success(request, f"{channel.name} is shut off. Nobody gets anything from it.")
        return _back(channel.app, channel)
    devices = channel_figures(channel).devices
    return _shutoff_page(request, channel.app, channel, form, devices)


@console_page(Permission.RELEASE_ROLL_BACK)
def app_shutoff(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """Say whom it concerns; with a reason, shut the whole app off."""
    app = app_get(app_id=app_id)
    form = ShutoffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        app_shut_off(app=app, **form.cleaned_data, actor=request.user.actor)
        messages.success(request, f"{app.name} is shut off. Nobody gets anything from any of its channels.")
        return _back(app, None)
    return _shutoff_page(request, app, None, form, app_figures(app).devices)


def _shutoff_page(
    request: ConsoleRequest, app: App, channel: Channel | None, form: ShutoffForm, devices: int
) -> HttpResponse:
    name = channel.name if channel else app.name
    context = {
        "title": f"Shut {name} off?",
        "app": app,
        "channel": channel,
        "name": name,
        "form": form,
        "devices": devices,
    }
    return page_render(request, "updates/shutoff.html", context)


@console_page(Permission.RELEASE_ROLL_BACK)
def channel_shutoff_lift(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Say what follows; with a code, serve the channel's devices again, or ask for that."""
    channel = channel_find(app_id, channel_name)
    return _lift_page(request, channel.app, channel)


@console_page(Permission.RELEASE_ROLL_BACK)
def app_shutoff_lift(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """Say what follows; with a code, serve the app's devices again, or ask for that."""
    return _lift_page(request, app_get(app_id=app_id), None)


def _lift_page(request: ConsoleRequest, app: App, channel: Channel | None) -> HttpResponse:
    try:
        operation = shutoff_lift_operation(app=app, channel=channel)
    except ConsoleError as error:
        messages.error(request, error.message)
        return _back(app, channel)
    confirmation = confirming(
        request,
        operation,
        lambda authority: shutoff_lift(app=app, channel=channel, authority=authority),
    )
    if confirmation.is_done:
        messages.success(request, "The shutoff is lifted. Devices are served again.")
    if confirmation.is_done or confirmation.asked:
        return confirmation.asked or _back(app, channel)
    context = {
        "title": f"Lift the shutoff of {channel.name if channel else app.name}?",
        "app": app,
        "channel": channel,
        "sentences": lift_consequences(app, channel),
        "since": channel.shutoff_at if channel else app.shutoff_at,
        "second": confirmation.second,
        "form": confirmation.form,
    }
    return page_render(request, "updates/shutoff_lift.html", context)


def _back(app: App, channel: Channel | None) -> HttpResponseRedirect:
    return redirect("updates:channel", app.pk, channel.name) if channel else redirect("updates:app", app.pk)
