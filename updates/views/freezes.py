"""The page of a channel's freezes: the calendar, adding one, taking one back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import FreezeForm
from updates.selectors.freezes import channel_frozen_until, freeze_calendar
from updates.services import freeze_add, freeze_remove
from updates.views.pages import channel_find


@console_page(Permission.APP_VIEW)
def freezes_page(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """When nothing goes live on a channel, for everybody who sees it."""
    channel, now = channel_find(app_id, channel_name), clock.now()
    context = {
        "title": f"Freezes of {channel_name}",
        "app": channel.app,
        "channel": channel,
        "zone": timezone.get_current_timezone_name(),
        "calendar": freeze_calendar(channel, now=now, zone=timezone.get_current_timezone()),
        "frozen_until": channel_frozen_until(channel, now),
        "today": timezone.localdate(now),
        "may": permissions_of(request, app_id=app_id, channel=channel_name),
    }
    return page_render(request, "updates/freezes.html", context)


@console_page(Permission.CHANNEL_MANAGE)
def freeze_new(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """A form for a time in which nothing is to go live."""
    channel = channel_find(app_id, channel_name)
    form = FreezeForm(request.POST or None, initial={"zone": timezone.get_current_timezone_name()})
    if request.method == "POST" and form.is_valid():
        try:
            freeze_add(channel=channel, freeze=form.freeze(), actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The freeze is in the calendar.")
            return redirect("updates:freezes", app_id, channel_name)
    context = {"title": f"Freeze {channel_name}", "app": channel.app, "channel": channel, "form": form}
    return page_render(request, "updates/freeze_new.html", context)


@console_page(Permission.CHANNEL_MANAGE)
@require_POST
def freeze_gone(request: ConsoleRequest, app_id: str, channel_name: str, freeze_id: int) -> HttpResponse:
    """Take a freeze back."""
    channel = channel_find(app_id, channel_name)
    try:
        freeze_remove(channel=channel, freeze_id=freeze_id, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The freeze is taken back.")
    return redirect("updates:freezes", app_id, channel_name)
