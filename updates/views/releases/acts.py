"""What is done to a release by one button: submitting, discarding, pausing, resuming, its rollout."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page
from releaseconsole.kernel.errors import ConsoleError
from updates.domain.release_state import ReleaseState
from updates.domain.rollout_plan import NAMED_PLANS, plan_write
from updates.forms import ReasonForm, RolloutForm
from updates.models import Release
from updates.selectors.apps import app_get
from updates.selectors.receipts import receipt_wait
from updates.selectors.releases import release_channel, release_of_app
from updates.services import (
    release_discard,
    release_halt,
    release_pause,
    release_plan_set,
    release_resume,
    release_rollout_set,
    release_submit,
)
from updates.views.releases.receipts import waits_words

_SUBMITTED = {
    ReleaseState.LIVE: "It's live.",
    ReleaseState.SCHEDULED: "It goes live at its time.",
    ReleaseState.AWAITING: "It waits for sign-offs.",
}


@console_page(Permission.RELEASE_PUBLISH, channel_of=release_channel)
@require_POST
def release_submitted(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Say that a draft is ready."""

    def act(release: Release) -> str:
        submitted = release_submit(release=release, actor=request.user.actor, submitter=request.user)
        why = receipt_wait(submitted)
        return waits_words(why) if why else _SUBMITTED[ReleaseState(submitted.state)]

    return _done(request, app_id, release_seq, act)


@console_page(Permission.RELEASE_PUBLISH, channel_of=release_channel)
@require_POST
def release_discarded(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Give up what isn't published."""
    reason = _reason(request)

    def act(release: Release) -> str:
        release_discard(release=release, actor=request.user.actor, reason=reason)
        return "Discarded. Its bundle stays, for another release."

    return _done(request, app_id, release_seq, act)


@console_page(Permission.RELEASE_ROLL_BACK, channel_of=release_channel)
@require_POST
def release_paused(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Stop offering a release; going on takes a click, or sign-offs anew where it's halted."""
    reason, halts = _reason(request), "halt" in request.POST

    def act(release: Release) -> str:
        stop = release_halt if halts else release_pause
        stop(release=release, actor=request.user.actor, reason=reason)
        return f"{'Halted' if halts else 'Paused'}. Nobody else is offered it; who runs it keeps it."

    return _done(request, app_id, release_seq, act)


@console_page(Permission.RELEASE_PUBLISH, channel_of=release_channel)
@require_POST
def release_resumed(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Offer a paused or halted release again."""

    def act(release: Release) -> str:
        resumed = release_resume(release=release, actor=request.user.actor)
        why = receipt_wait(resumed)
        return waits_words(why) if why else "It goes on: devices are offered it again."

    return _done(request, app_id, release_seq, act)


@console_page(Permission.RELEASE_PUBLISH, channel_of=release_channel)
@require_POST
def release_rollout(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Set the share of devices that are offered a release, or let it go on by a plan."""
    if plan := NAMED_PLANS.get(request.POST.get("plan", "")):

        def act(release: Release) -> str:
            release_plan_set(release=release, plan=plan_write(plan), actor=request.user.actor)
            return "It goes on by itself, step by step."

        return _done(request, app_id, release_seq, act)
    form = RolloutForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give a share between 0 and 100 percent.")
        return redirect("updates:release", app_id, release_seq)

    def set_share(release: Release) -> str:
        release_rollout_set(release=release, rollout_bps=form.rollout_bps(), actor=request.user.actor)
        return f"Offered to {form.cleaned_data['rollout_percent'].normalize():f} % of devices."

    return _done(request, app_id, release_seq, set_share)


def _done(
    request: ConsoleRequest, app_id: str, release_seq: int, act: Callable[[Release], str]
) -> HttpResponse:
    """Do it and say so, or say why not; either way back to the release."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    try:
        messages.success(request, act(release))
    except ConsoleError as error:
        messages.error(request, error.message)
    return redirect("updates:release", app_id, release_seq)


def _reason(request: ConsoleRequest) -> str:
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""
