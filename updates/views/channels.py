"""Pages: a channel, its settings and its members."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import ChannelForm, MemberForm
from updates.selectors.apps import app_get, members_of
from updates.selectors.figures import channel_figures
from updates.selectors.overview import channel_history, channel_live
from updates.services import (
    channel_change,
    channel_create,
    channel_member_add,
    channel_member_remove,
)
from updates.views.pages import channel_find

MEMBERS_SHOWN = 200


@console_page(Permission.CHANNEL_MANAGE)
def channel_new(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for a new channel."""
    app = app_get(app_id=app_id)
    form = ChannelForm(request.POST or None, app=app)
    if request.method == "POST" and form.is_valid():
        try:
            channel = channel_create(app=app, **form.cleaned_data, actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Channel {channel.name} is ready.")
            return redirect("updates:channel", app.pk, channel.name)
    return page_render(
        request, "updates/channel_new.html", {"title": "New channel", "app": app, "form": form}
    )


@console_page(Permission.APP_VIEW)
def channel_page(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """One channel: what it serves, to whom, and its history."""
    channel = channel_find(app_id, channel_name)
    members = members_of(channel=channel)
    return page_render(
        request,
        "updates/channel.html",
        {
            "title": channel.name,
            "app": channel.app,
            "channel": channel,
            "history": channel_history(channel=channel),
            "live": channel_live(channel=channel),
            "figures": channel_figures(channel),
            "members": members[:MEMBERS_SHOWN],
            "member_count": members.count(),
            "member_form": MemberForm(),
            "may": permissions_of(request, app_id=app_id, channel=channel_name),
            "sees_app": request.user.may(Permission.APP_VIEW, app_id=app_id),
        },
    )


@console_page(Permission.CHANNEL_MANAGE)
def channel_settings(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """A form for what a channel serves and to whom."""
    channel = channel_find(app_id, channel_name)
    current = {
        "platforms": channel.platforms,
        "public": channel.public,
        "self_assignable": channel.self_assignable,
    }
    form = ChannelForm(request.POST or None, app=channel.app, fixed_name=True, initial=current)
    if request.method == "POST" and form.is_valid():
        try:
            channel_change(channel=channel, **form.cleaned_data, actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The channel's settings are saved.")
            return redirect("updates:channel", app_id, channel_name)
    context = {"title": f"Settings of {channel_name}", "app": channel.app, "channel": channel, "form": form}
    return page_render(request, "updates/channel_settings.html", context)


@console_page(Permission.TESTER_MANAGE)
@require_POST
def channel_member_new(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Add a device to a channel."""
    channel = channel_find(app_id, channel_name)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            member = channel_member_add(channel=channel, **form.cleaned_data, actor=request.user.actor)
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Device {member.device_id} now belongs to {channel_name}.")
    else:
        messages.error(request, "Give a device id.")
    return redirect("updates:channel", app_id, channel_name)


@console_page(Permission.TESTER_MANAGE)
@require_POST
def channel_member_gone(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Take a device out of a channel."""
    channel = channel_find(app_id, channel_name)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            channel_member_remove(channel=channel, **form.cleaned_data, actor=request.user.actor)
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "The device no longer belongs to this channel.")
    else:
        messages.error(request, "Give a device id.")
    return redirect("updates:channel", app_id, channel_name)
