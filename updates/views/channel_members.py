"""Adding devices to a channel and taking them out, from its page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import MemberForm
from updates.services import channel_member_add, channel_member_remove
from updates.views.pages import channel_find


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
