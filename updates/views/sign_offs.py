"""Pages: signing a release off, with all that a sign-off is about; and what waits for a person's word."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.models import User
from accounts.services.approval_inbox import Errand
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from updates.domain.release_state import ReleaseState
from updates.domain.sign_offs import role_words
from updates.domain.store_policy import CHECKLIST
from updates.forms import RejectForm, SignOffForm
from updates.models import Release
from updates.selectors.apps import app_get, bundle_get
from updates.selectors.bundle_diff import bundles_compare
from updates.selectors.native_builds import native_matrix
from updates.selectors.publish_checks import findings_of, release_before
from updates.selectors.release_reach import waiting_reach
from updates.selectors.releases import release_channel, release_of_app
from updates.selectors.sign_offs import (
    SIGNABLE,
    Eligibility,
    eligibility_of,
    releases_to_sign,
    sign_off_standing,
    sign_offs_of,
    signers_left,
)
from updates.services.sign_offs import release_reject, release_sign_off, sign_off_operation


@console_page(Permission.RELEASE_APPROVE, channel_of=release_channel)
def sign_off(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """All that a sign-off is about; with a proof that confirms exactly it, sign."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    eligible = eligibility_of(request.user, release)
    role = _role_wanted(request, eligible)
    operation = sign_off_operation(release=release, role=role)
    form = StepUpForm(request.POST or None, operation=operation)
    own_form = SignOffForm(request.POST or None)
    if request.method == "POST" and own_form.is_valid() and form.is_valid():
        if _signed(request, release, operation, form, own_form.cleaned_data):
            return redirect("updates:release", app_id, release_seq)
        release = release_of_app(app=release.app, release_seq=release_seq)
        eligible = eligibility_of(request.user, release)
    context = {
        **sign_off_context(release),
        **_subject_context(release),
        "title": f"Sign off {release.bundle.version} on {release.channel.name}",
        "eligible": eligible,
        "role": role,
        "role_choices": [(each, role_words(each)) for each in eligible.roles],
        "follows": _follows(release),
        "form": form,
        "own_form": own_form,
        "reject_form": RejectForm(prefix="reject"),
    }
    return page_render(request, "updates/sign_off.html", context)


@console_page(Permission.RELEASE_APPROVE, channel_of=release_channel)
@require_POST
def sign_off_reject(request: ConsoleRequest, app_id: str, release_seq: int) -> HttpResponse:
    """Say no."""
    release = release_of_app(app=app_get(app_id=app_id), release_seq=release_seq)
    form = RejectForm(request.POST, prefix="reject")
    comment = str(form.cleaned_data["comment"]) if form.is_valid() else ""
    try:
        release_reject(release=release, person=request.user, comment=comment)
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("updates:sign-off", app_id, release_seq)
    messages.success(request, "Rejected. Whoever made it can change it and ask again.")
    return redirect("updates:release", app_id, release_seq)


def sign_off_context(release: Release) -> dict[str, Any]:
    """What `updates/part_sign_offs.html` shows: who has to sign, who has, and what they said."""
    standing = sign_off_standing(release)
    return {
        "standing": standing,
        "required": [(each, role_words(each.role)) for each in standing.required],
        "sign_offs": [(each, role_words(each.role)) for each in sign_offs_of(release)],
        "signers": signers_left(release) if standing.missing and release.state in SIGNABLE else [],
    }


def errands(user: User) -> list[Errand]:
    """List what waits for this person's word, for the page of approvals."""
    return [
        Errand(
            title=f"{release.bundle.version} on {release.channel.name} of {release.app.name}",
            address=reverse("updates:sign-off", args=[release.app_id, release.release_seq]),
            told=_asks(release),
            since=release.halted_at or release.created_at,
        )
        for release in releases_to_sign(user)
    ]


def errands_concern(user: User) -> bool:
    """Say whether somebody ever signs releases off."""
    return user.may_somewhere(Permission.RELEASE_APPROVE)


def _asks(release: Release) -> str:
    if release.state == ReleaseState.HALTED.value:
        return "It was halted, and goes on only once it's signed anew."
    return f"{release.author.name if release.author else 'A release from CI'} waits for your sign-off."


def _signed(
    request: ConsoleRequest,
    release: Release,
    operation: Operation,
    form: StepUpForm,
    asked: dict[str, Any],
) -> bool:
    try:
        release_sign_off(
            release=release,
            role=str(operation.facts["role"]),
            attests=asked["attests"],
            comment=asked["comment"],
            step_up=stepped_up(request, operation, form),
        )
    except ConsoleError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, "You have signed it off.")
    return True


def _role_wanted(request: ConsoleRequest, eligible: Eligibility) -> str:
    """For which role the word shall count: the one asked for if there's a choice, else the first."""
    wanted = request.GET.get("role")
    if wanted is not None and wanted in eligible.roles:
        return wanted
    return eligible.roles[0] if eligible.roles else ""


def _subject_context(release: Release) -> dict[str, Any]:
    """What is signed: the difference, the checks, the store's builds and rules."""
    before = release_before(release)
    bundle = bundle_get(app=release.app, version=release.bundle.version)
    return {
        "app": release.app,
        "release": release,
        "channel": release.channel,
        "before": before,
        "reach": waiting_reach(release),
        "diff": bundles_compare(before.bundle, bundle) if before else None,
        "findings": findings_of(release),
        "matrix": native_matrix(release),
        "checklist": CHECKLIST,
        "rules": CHECKLIST.for_platforms(release.channel.platforms),
    }


def _follows(release: Release) -> str:
    """Say what this person's sign-off would lead to."""
    left = sum(each.count for each in sign_off_standing(release).missing) - 1
    if left > 0:
        return f"After yours, {left} more {'sign-off is' if left == 1 else 'sign-offs are'} missing."
    if release.state == ReleaseState.HALTED.value:
        return "With yours nothing is missing any more, and the release may be resumed."
    if release.scheduled_at and release.scheduled_at > clock.now():
        return "Yours is the last one: it goes live by itself at the time it is scheduled for."
    reach = waiting_reach(release)
    share = "" if release.is_full or not reach.matching else f", at first about {reach.included:,} of them"
    devices = f"{reach.matching:,} of the channel's {reach.devices:,} devices{share}"
    return f"Yours is the last one: it goes live at once, for {devices}."
