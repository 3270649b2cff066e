"""Pages: rolling a channel or one release back, and withdrawing what is compromised."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from accounts.domain.access import Place
from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, access_require, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import ReasonForm, RollbackForm
from updates.models import Channel
from updates.selectors.apps import app_get
from updates.selectors.releases import (
    release_channel,
    release_get,
    release_of_app,
    rollback_choices,
    rollback_preview,
)
from updates.services import Rollback, bundle_withdraw, channel_roll_back, release_roll_back
from updates.views.pages import channel_find


@console_page(Permission.RELEASE_ROLL_BACK)
def channel_rollback(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Say what a rollback will do to how many devices, and on confirmation do it."""
    channel = channel_find(app_id, channel_name)
    is_post = request.method == "POST"
    form = RollbackForm(request.POST if is_post else {**request.GET.dict(), "decision_seq": 0})
    asked = (
        form.cleaned_data if form.is_valid() else {"to": "", "only": None, "withdraw": False, "reason": ""}
    )
    withdraws = request.user.may(Permission.RELEASE_ROLL_BACK, app_id=app_id)
    if asked["withdraw"] and not withdraws:
        raise PermissionDenied(Permission.RELEASE_ROLL_BACK.value)
    if is_post and form.is_valid():
        if asked["decision_seq"] == channel.decision_seq:
            return _roll_back(request, channel, asked)
        messages.warning(request, "The channel has changed since you looked. This is what would happen now.")
    return _confirmation(request, channel, asked, withdraws=withdraws)


@console_page(Permission.RELEASE_ROLL_BACK, channel_of=release_channel)
def release_withdrawn(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Withdraw a release's bundle, which concerns every channel: so it takes the right on the whole app."""
    access_require(request.user, Permission.RELEASE_ROLL_BACK, Place(app_id))
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    form = ReasonForm(request.POST)
    try:
        withdrawal = bundle_withdraw(
            bundle=release.bundle,
            reason=form.cleaned_data["reason"] if form.is_valid() else "",
            actor=request.user.actor,
        )
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        moved = "".join(f" {channel.name} went back." for channel in withdrawal.channels)
        messages.success(request, f"{release.bundle.version} is withdrawn everywhere.{moved}")
    return redirect("updates:release", app_id, release_seq)


def _roll_back(request: ConsoleRequest, channel: Channel, asked: dict[str, Any]) -> HttpResponse:
    try:
        rollback = _rolled_back(request, channel, asked)
    except ConsoleError as error:
        messages.error(request, error.message)
    else:
        now_serves = rollback.now_live.bundle.version if rollback.now_live else "the built-in bundle"
        done = "Rolled back and withdrawn" if asked["withdraw"] else "Rolled back"
        messages.success(request, f"{done}. {channel.name} now serves {now_serves}.")
    return redirect("updates:channel", channel.app_id, channel.name)


def _rolled_back(request: ConsoleRequest, channel: Channel, asked: dict[str, Any]) -> Rollback:
    how: dict[str, Any] = {
        "actor": request.user.actor,
        "reason": asked["reason"],
        "withdraw": asked["withdraw"],
    }
    if asked["only"] is not None:
        return release_roll_back(release=release_get(channel=channel, release_seq=asked["only"]), **how)
    return channel_roll_back(channel=channel, to=asked["to"] or None, **how)


def _confirmation(
    request: ConsoleRequest, channel: Channel, asked: dict[str, Any], *, withdraws: bool
) -> HttpResponse:
    try:
        preview = rollback_preview(
            channel=channel, to=asked["to"] or None, only=asked["only"], withdraw=asked["withdraw"]
        )
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("updates:channel", channel.app_id, channel.name)
    context = {
        "title": f"Roll back {channel.name}",
        "app": channel.app,
        "channel": channel,
        "preview": preview,
        "asked": asked,
        "choices": rollback_choices(channel),
        "withdraws": withdraws,
    }
    return page_render(request, "updates/rollback.html", context)
