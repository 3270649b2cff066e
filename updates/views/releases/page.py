"""Pages: a release, with what it needs, how it does, and its history."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.selectors.access import channels_open_to
from accounts.views.pages import ConsoleRequest, console_page, page_render, permissions_of
from compliance.ledger.selectors import events_about
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.domain.release_state import BEFORE_LIVE, ON_CHANNEL, ReleaseState
from updates.forms import AnswersForm, ReasonForm, RolloutForm
from updates.models import Release
from updates.selectors.apps import app_get, channels_of
from updates.selectors.failures import release_failures
from updates.selectors.figures import release_figures
from updates.selectors.native_builds import native_matrix
from updates.selectors.overview import channel_live
from updates.selectors.publish_checks import findings_of, release_before
from updates.selectors.readiness import readiness_of
from updates.selectors.receipts import receipt_of, receipt_proofs, receipt_wait
from updates.selectors.release_reach import waiting_reach
from updates.selectors.releases import devices_running, release_channel, release_of_app
from updates.selectors.rollout_steps import next_step
from updates.services import release_change
from updates.views.sign_offs import sign_off_context

HISTORY_SHOWN = 50


@console_page(Permission.APP_VIEW, channel_of=release_channel)
def release_page(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """One release: where it stands, what it needs, its figures, what can be done with it."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    findings = findings_of(release)
    context = {
        "title": f"{release.bundle.version} on {release.channel.name}",
        "app": release.app,
        "release": release,
        "channel": release.channel,
        "findings": findings,
        "before": release_before(release),
        "matrix": native_matrix(release),
        "history": events_about(
            object_type="release", object_id=str(release_seq), app_id=app_id, count=HISTORY_SHOWN
        ),
        "promotes_to": _promotes_to(request, release),
        "may": permissions_of(request, app_id=app_id, channel=release.channel.name),
        "withdraws": request.user.may(Permission.RELEASE_ROLL_BACK, app_id=app_id),
        **sign_off_context(release),
        **_receipt_context(release),
        "reads_log": request.user.may(Permission.AUDIT_VIEW),
        **_state_context(release),
    }
    return page_render(request, "updates/release.html", context)


@console_page(Permission.APP_VIEW, channel_of=release_channel)
@require_GET
def release_figures_part(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """The figures of a release by themselves; its page fetches them again and again."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    context = {
        "app": release.app,
        "release": release,
        "figures": release_figures(release),
        "failures": release_failures(release=release),
    }
    response = page_render(request, "updates/release_figures.html", context)
    response["Cache-Control"] = "no-store"
    return response


@console_page(Permission.RELEASE_PUBLISH, channel_of=release_channel)
@require_POST
def release_answers(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Say why what checks found is fine."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    form = AnswersForm(request.POST, findings=findings_of(release))
    if form.is_valid():
        try:
            release_change(
                release=release,
                actor=request.user.actor,
                changer=request.user,
                check_answers=form.answers(),
            )
        except ConsoleError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "Your answers are kept with the release. Submit it when it's ready.")
    else:
        messages.error(request, "An answer has at most 500 characters.")
    return redirect("updates:release", app_id, release_seq)


def _state_context(release: Release) -> dict[str, Any]:
    """What the page shows besides, by where the release is in its life."""
    state, now = ReleaseState(release.state), clock.now()
    if state in BEFORE_LIVE:
        beneath = [one for one in channel_live(channel=release.channel) if one.is_full]
        return {
            "before_live": True,
            "ready": readiness_of(release, now=now),
            "answers_form": AnswersForm(findings=findings_of(release)),
            "beneath": beneath,
            "reach": waiting_reach(release),
            "reason_form": ReasonForm(),
        }
    context = {
        "on_channel": state in ON_CHANNEL,
        "was_live": release.published_at is not None,
        "figures": release_figures(release),
        "failures": release_failures(release=release),
        "devices": devices_running([release]),
        "next_step": next_step(release, now=now),
        "rollout_form": RolloutForm(initial={"rollout_percent": f"{release.rollout_bps / 100:g}"}),
        "reason_form": ReasonForm(),
    }
    return context | ({"ready": readiness_of(release, now=now)} if state is ReleaseState.HALTED else {})


def _receipt_context(release: Release) -> dict[str, Any]:
    receipt = receipt_of(release)
    return {
        "receipt": receipt,
        "proofs": receipt_proofs(receipt) if receipt else [],
        "waits_because": receipt_wait(release) if receipt is None else None,
    }


def _promotes_to(request: ConsoleRequest, release: Release) -> list[str]:
    """Name the channels to which this person may promote the release; none for what nobody may have."""
    if release.bundle.withdrawn_at or release.bundle.removed_at:
        return []
    only = channels_open_to(request.user, app_id=release.app_id)
    names = channels_of(app=release.app, only=only).exclude(pk=release.channel_id)
    return [
        name
        for name in names.values_list("name", flat=True)
        if request.user.may(Permission.RELEASE_PUBLISH, app_id=release.app_id, channel=name)
    ]
