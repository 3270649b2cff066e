"""Pages: publishing, a release with its figures, its rollout, and rolling a channel back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import PublishForm, RollbackForm, RolloutForm
from updates.models import Channel, Release
from updates.selectors.apps import app_get
from updates.selectors.figures import channel_figures, release_figures
from updates.selectors.releases import release_channel, release_of_app, rollback_preview
from updates.services import channel_roll_back, release_publish, release_rollout_set
from updates.views.pages import channel_find


@console_page(Permission.RELEASE_PUBLISH)
def release_new(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """A form that makes a bundle live on a channel."""
    channel = channel_find(app_id, channel_name)
    wanted = {"version": request.GET.get("version", "")}
    form = PublishForm(request.POST or None, app=channel.app, initial=wanted)
    if request.method == "POST" and form.is_valid():
        try:
            release = _publish(channel, form.cleaned_data, form.rollout_bps(), request)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{release.bundle.version} is live on {channel_name}.")
            return redirect("updates:release", app_id, release.release_seq)
    context = {
        "title": f"Publish on {channel_name}",
        "app": channel.app,
        "channel": channel,
        "form": form,
        "figures": channel_figures(channel),
        "may": permissions_of(request, app_id=app_id),
    }
    return page_render(request, "updates/publish.html", context)


def _publish(channel: Channel, cleaned: dict[str, Any], rollout_bps: int, request: ConsoleRequest) -> Release:
    return release_publish(
        channel=channel,
        version=cleaned["version"],
        rollout_bps=rollout_bps,
        native_min=cleaned["native_min"],
        native_max=cleaned["native_max"],
        notes=cleaned["notes"],
        actor=request.user.actor,
        publisher=request.user,
    )


@console_page(Permission.APP_VIEW, channel_of=release_channel)
def release_page(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """One release: where it stands, its figures, what can be done with it."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    context = {
        "title": f"{release.bundle.version} on {release.channel.name}",
        "app": release.app,
        "release": release,
        "channel": release.channel,
        "figures": release_figures(release),
        "rollout_form": RolloutForm(initial={"rollout_percent": f"{release.rollout_bps / 100:g}"}),
        "may": permissions_of(request, app_id=app_id, channel=release.channel.name),
    }
    return page_render(request, "updates/release.html", context)


@console_page(Permission.APP_VIEW, channel_of=release_channel)
@require_GET
def release_figures_part(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """The figures of a release by themselves; its page fetches them again and again."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    context = {"release": release, "figures": release_figures(release)}
    response = page_render(request, "updates/release_figures.html", context)
    response["Cache-Control"] = "no-store"
    return response


@console_page(Permission.RELEASE_PUBLISH, channel_of=release_channel)
@require_POST
def release_rollout(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Set the share of devices that are offered a release."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    form = RolloutForm(request.POST)
    if form.is_valid():
        try:
            release_rollout_set(release=release, rollout_bps=form.rollout_bps(), actor=request.user.actor)
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            messages.success(
                request, f"Offered to {form.cleaned_data['rollout_percent'].normalize():f} % of devices."
            )
    else:
        messages.error(request, "Give a share between 0 and 100 percent.")
    return redirect("updates:release", app_id, release_seq)


@console_page(Permission.RELEASE_ROLL_BACK)
def channel_rollback(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Say what a rollback will do to how many devices, and on confirmation do it."""
    channel = channel_find(app_id, channel_name)
    form = RollbackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["decision_seq"] == channel.decision_seq:
            return _roll_back(request, channel, form.cleaned_data["to"])
        messages.warning(request, "The channel has changed since you looked. This is what would happen now.")
    target = form.cleaned_data.get("to", "") if form.is_bound else request.GET.get("to", "")
    return _rollback_confirmation(request, channel, target)


def _roll_back(request: ConsoleRequest, channel: Channel, target: str) -> HttpResponse:
    try:
        rollback = channel_roll_back(channel=channel, to=target or None, actor=request.user.actor)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        now_serves = rollback.now_live.bundle.version if rollback.now_live else "the built-in bundle"
        messages.success(request, f"Rolled back. {channel.name} now serves {now_serves}.")
    return redirect("updates:channel", channel.app_id, channel.name)


def _rollback_confirmation(request: ConsoleRequest, channel: Channel, target: str) -> HttpResponse:
    try:
        preview = rollback_preview(channel=channel, to=target or None)
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("updates:channel", channel.app_id, channel.name)
    context = {
        "title": f"Roll back {channel.name}",
        "app": channel.app,
        "channel": channel,
        "preview": preview,
        "to": target,
    }
    return page_render(request, "updates/rollback.html", context)
