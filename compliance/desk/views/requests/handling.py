"""Pages: what is done for a request: dry run, erasure and its receipt, the package of what is held."""

import io
import zipfile

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.second_person import second_person
from compliance.desk.domain.request_states import Scope
from compliance.desk.models import ErasureStep, PrivacyRequest
from compliance.desk.selectors.requests import request_get
from compliance.desk.services import handling
from compliance.desk.services.access_package import AccessPackage
from compliance.desk.services.downstream import providers_to_tell
from compliance.desk.services.erasure import Plan
from compliance.desk.services.erasure.holding import holds_over_subject
from compliance.desk.services.package_taking import package_operation, package_take
from compliance.desk.services.requests.letters import receipt_url
from compliance.desk.tasks import erasures_run
from compliance.desk.views.requests.register import doer_of
from releaseconsole.kernel.errors import ConsoleError
from updates.views.confirming import Confirming, confirming


@console_page(Permission.PRIVACY_MANAGE)
def request_erasure(request: ConsoleRequest, reference: str) -> HttpResponse:
    """Count what would go, begin the erasure, see how far it is; it fetches itself until it's over."""
    asked = request_get(reference=reference)
    if request.method != "POST":
        return _erasure_page(request, asked)
    try:
        shown = _act(request, asked)
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("desk:request", asked.reference)
    return redirect("desk:request-erasure", asked.reference) if shown is None else shown


@console_page(Permission.PRIVACY_MANAGE)
def request_package(request: ConsoleRequest, reference: str) -> HttpResponse:
    """Say what the package is; confirmed, hand it out: one file for people, one for machines."""
    asked = request_get(reference=reference)
    taken: list[AccessPackage] = []
    try:
        operation = package_operation(request=asked, user=request.user)
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("desk:request", asked.reference)
    confirmation = confirming(
        request,
        operation,
        lambda authority: taken.append(package_take(request=asked, by=doer_of(request), step_up=authority)),
    )
    if taken:
        return _handed_out(taken[0], asked)
    context = {
        "title": "Package of what is held",
        "asked": asked,
        "is_short": asked.how_much is not Scope.SPECIFIC,
        "proof": confirmation.form,
        "second": confirmation.second,
    }
    return confirmation.asked or page_render(request, "desk/requests/package.html", context)


def _handed_out(package: AccessPackage, asked: PrivacyRequest) -> HttpResponse:
    answer = HttpResponse(_zipped(package, asked.reference), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{asked.reference}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _act(request: ConsoleRequest, asked: PrivacyRequest) -> HttpResponse | None:
    """Do what was pressed; the dry run is shown at once, and again where a confirmation is wrong."""
    by, act = doer_of(request), request.POST.get("act", "")
    if act == "plan":
        return _dry_run(request, asked)
    if act == "erase":
        confirmation = confirming(
            request,
            handling.erase_operation(request=asked, user=request.user),
            lambda authority: handling.request_erase(request=asked, by=by, step_up=authority),
        )
        if not confirmation.is_done:
            return confirmation.asked or _dry_run(request, asked, confirmation)
    if act == "resume":
        handling.request_erasure_resume(request=asked, by=by)
    erasures_run.delay()
    return None


def _dry_run(
    request: ConsoleRequest, asked: PrivacyRequest, confirmation: Confirming | None = None
) -> HttpResponse:
    plan = handling.request_plan(request=asked, by=doer_of(request))
    if confirmation is None:
        operation = handling.erase_operation(request=asked, user=request.user)
        form = StepUpForm(None, operation=operation)
        confirmation = Confirming(form, second_person(request, operation))
    return _erasure_page(request, asked, plan, confirmation)


def _erasure_page(
    request: ConsoleRequest,
    asked: PrivacyRequest,
    plan: Plan | None = None,
    confirmation: Confirming | None = None,
) -> HttpResponse:
    run = handling.erasure_of(asked)
    steps = list(run.steps.all()) if run else []
    busy = [step for step in steps if _found_something(step)]
    context = {
        "title": "Erasure",
        "asked": asked,
        "plan": plan,
        "holds": holds_over_subject(plan.subject) if plan else [],
        "proof": confirmation and confirmation.form,
        "second": confirmation and confirmation.second,
        "lines": [line for line in plan.lines if line.count] if plan else [],
        "empty": [line for line in plan.lines if not line.count] if plan else [],
        "providers": providers_to_tell(request=asked, subject=plan.subject) if plan else [],
        "run": run,
        "busy": busy,
        "idle": [step for step in steps if step not in busy],
        "steps_done": sum(step.done_at is not None for step in steps),
        "steps_all": len(steps),
        "receipt_url": receipt_url(asked),
    }
    answer = page_render(request, "desk/requests/erasure.html", context)
    if run and run.state != "running" and "HX-Request" in request.headers:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _found_something(step: ErasureStep) -> bool:
    counts = (*step.before.values(), *step.erased.values(), *step.after.values())
    return any(counts) or bool(step.kept)


def _zipped(package: AccessPackage, reference: str) -> bytes:
    heap = io.BytesIO()
    with zipfile.ZipFile(heap, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{reference}.html", package.html)
        archive.writestr(f"{reference}.json", package.json)
    return heap.getvalue()
