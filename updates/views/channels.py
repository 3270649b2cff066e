"""Pages: a channel and its settings; pausing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import ChannelForm, ChannelSettingsForm, MemberForm
from updates.models import Channel
from updates.selectors.apps import app_get, members_of
from updates.selectors.channel_settings import channel_reach, channel_settings
from updates.selectors.figures import channel_figures
from updates.selectors.freezes import channel_freeze_now, channel_frozen_until
from updates.selectors.overview import channel_history, channel_live, channel_upcoming
from updates.selectors.sign_off_requirements import requirements_of
from updates.services import channel_change, channel_create, channel_pause, channel_resume
from updates.services.channels import channel_settings_changed
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
    """One channel: what it serves, to whom, by which rules, and its history."""
    channel = channel_find(app_id, channel_name)
    members, now = members_of(channel=channel), clock.now()
    context = {
        "title": channel.name,
        "app": channel.app,
        "channel": channel,
        "history": channel_history(channel=channel),
        "live": channel_live(channel=channel),
        "upcoming": channel_upcoming(channel=channel),
        "figures": channel_figures(channel),
        "frozen_until": channel_frozen_until(channel, now),
        "freeze": channel_freeze_now(channel, now),
        "requirements": requirements_of(channel),
        "members": members[:MEMBERS_SHOWN],
        "member_count": members.count(),
        "member_form": MemberForm(),
        "may": permissions_of(request, app_id=app_id, channel=channel_name),
        "sees_app": request.user.may(Permission.APP_VIEW, app_id=app_id),
    }
    return page_render(request, "updates/channel.html", context)


@console_page(Permission.CHANNEL_MANAGE)
def channel_settings_page(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """A form for what a channel serves and to whom; a change that cuts devices off is shown first."""
    channel = channel_find(app_id, channel_name)
    form = ChannelSettingsForm(request.POST or None, channel=channel)
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        try:
            return _changed(request, channel, form)
        except ConsoleError as error:
            form.add_error(None, error.message)
    context = {"title": f"Settings of {channel_name}", "app": channel.app, "channel": channel, "form": form}
    return page_render(request, "updates/channel_settings.html", context)


def _changed(request: ConsoleRequest, channel: Channel, form: ChannelSettingsForm) -> HttpResponse:
    """Change the settings, or show first whom that cuts off.

    Raises:
        ConsoleError: They can't be like this.
    """
    changes = form.changes()
    after = channel_settings_changed(channel=channel, changes=changes)
    reach = channel_reach(channel, after)
    if reach.cut_off and request.POST.get("agreed") != str(channel.decision_seq):
        context: dict[str, Any] = {
            "title": "Cut devices off?",
            "app": channel.app,
            "channel": channel,
            "form": form,
            "reach": reach,
            "told": form.told(channel_settings(channel).difference(after)),
        }
        return page_render(request, "updates/channel_settings_confirm.html", context)
    channel_change(channel=channel, actor=request.user.actor, **changes)
    messages.success(request, "The channel's settings are saved. Devices follow within a second.")
    return redirect("updates:channel", channel.app_id, channel.name)


@console_page(Permission.CHANNEL_MANAGE)
@require_POST
def channel_paused(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Offer nothing new."""
    channel = channel_pause(channel=channel_find(app_id, channel_name), actor=request.user.actor)
    messages.success(request, f"{channel.name} is paused: devices keep what they run.")
    return redirect("updates:channel", app_id, channel_name)


@console_page(Permission.CHANNEL_MANAGE)
@require_POST
def channel_resumed(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Offer again what is live."""
    channel = channel_resume(channel=channel_find(app_id, channel_name), actor=request.user.actor)
    messages.success(request, f"{channel.name} offers again what is live on it.")
    return redirect("updates:channel", app_id, channel_name)
