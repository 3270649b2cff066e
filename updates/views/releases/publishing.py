"""Pages: publishing on a channel, changing what isn't published yet, and whom it would reach."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError, NotFoundError
from updates.domain.release_state import BEFORE_LIVE, ReleaseState
from updates.forms import PublishForm
from updates.forms.publishing import carried_over_typed, typed_before
from updates.models import Channel, Release
from updates.selectors.apps import app_get
from updates.selectors.figures import channel_figures
from updates.selectors.freezes import channel_frozen_until
from updates.selectors.overview import channel_live
from updates.selectors.receipts import receipt_wait
from updates.selectors.release_reach import release_reach
from updates.selectors.releases import release_channel, release_of_app
from updates.selectors.sign_off_requirements import requirements_of
from updates.services import release_change, release_draft, release_publish
from updates.views.pages import channel_find
from updates.views.releases.receipts import waits_words


@console_page(Permission.RELEASE_PUBLISH)
def release_new(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """A form that publishes a bundle on a channel, or keeps it as a draft."""
    channel = channel_find(app_id, channel_name)
    source = _promoted(request, channel)
    begins_with = carried_over_typed(source) if source else {"version": request.GET.get("version", "")}
    form = PublishForm(request.POST or None, app=channel.app, initial=begins_with)
    if request.method == "POST" and form.is_valid():
        try:
            release = _begun(request, channel, form, source)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            _tell(request, release)
            return redirect("updates:release", app_id, release.release_seq)
    context = {"title": f"Publish on {channel_name}", "form": form, "promoted_from": source}
    return page_render(request, "updates/publish.html", context | _form_context(request, channel))


@console_page(Permission.RELEASE_PUBLISH, channel_of=release_channel)
def release_edit(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """The same form for a release that isn't published yet; what was signed of it becomes void."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    if ReleaseState(release.state) not in BEFORE_LIVE:
        messages.error(request, "It's published: what devices saw isn't changed any more.")
        return redirect("updates:release", app_id, release_seq)
    form = PublishForm(request.POST or None, app=release.app, initial=typed_before(release))
    if request.method == "POST" and form.is_valid():
        try:
            release_change(
                release=release,
                version=form.cleaned_data["version"],
                actor=request.user.actor,
                changer=request.user,
                **form.terms(),
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Saved. It's a draft until you submit it.")
            return redirect("updates:release", app_id, release_seq)
    context = {"title": f"Change {release.bundle.version}", "form": form, "release": release}
    return page_render(request, "updates/publish.html", context | _form_context(request, release.channel))


@console_page(Permission.RELEASE_PUBLISH)
@require_POST
def reach_part(request: ConsoleRequest, app_id: str, channel_name: str) -> HttpResponse:
    """Whom the form as it is now would reach, and the traffic of that; the form asks as it changes."""
    channel = channel_find(app_id, channel_name)
    form = PublishForm(request.POST, app=channel.app)
    reach = None
    if form.is_valid():
        reach = release_reach(channel=channel, version=form.cleaned_data["version"], terms=form.terms())
    context = {"reach": reach, "channel": channel, "live": channel_live(channel=channel)}
    response = page_render(request, "updates/part_reach.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _begun(request: ConsoleRequest, channel: Channel, form: PublishForm, source: Release | None) -> Release:
    draft_only = "draft" in request.POST
    asked: dict[str, Any] = {
        "channel": channel,
        "version": form.cleaned_data["version"],
        "actor": request.user.actor,
        "promoted_from": source,
        **form.terms(),
    }
    if source is not None and source.bundle.version == asked["version"]:
        asked["check_answers"] = source.check_answers
    if draft_only:
        return release_draft(author=request.user, **asked)
    return release_publish(publisher=request.user, keeps_unanswered=True, **asked)


def _promoted(request: ConsoleRequest, channel: Channel) -> Release | None:
    """Find the release that is promoted, if the address names one that this person may look at."""
    seq = request.GET.get("promote", "")
    if not seq.isascii() or not seq.isdigit():
        return None
    release = release_of_app(app=channel.app, release_seq=int(seq[:18]))
    if not request.user.may(Permission.APP_VIEW, app_id=channel.app_id, channel=release.channel.name):
        raise NotFoundError(f"{channel.app.name} has no release {seq}.")
    return release


def _tell(request: ConsoleRequest, release: Release) -> None:
    what, where = release.bundle.version, release.channel.name
    if why := receipt_wait(release):
        messages.warning(request, waits_words(why))
        return
    words = {
        ReleaseState.LIVE: f"{what} is live on {where}.",
        ReleaseState.AWAITING: f"{what} goes live on {where} once the sign-offs below are given.",
        ReleaseState.SCHEDULED: f"{what} goes live on {where} at its time.",
        ReleaseState.DRAFT: f"{what} is a draft. See below what it needs before it goes live.",
    }
    messages.success(request, words[ReleaseState(release.state)])


def _form_context(request: ConsoleRequest, channel: Channel) -> dict[str, Any]:
    return {
        "app": channel.app,
        "channel": channel,
        "figures": channel_figures(channel),
        "live": channel_live(channel=channel),
        "frozen_until": channel_frozen_until(channel, clock.now()),
        "requirements": requirements_of(channel),
        "may": permissions_of(request, app_id=channel.app_id, channel=channel.name),
    }
