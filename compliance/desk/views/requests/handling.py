"""Pages: what is done for a request: dry run, erasure and its receipt, the package of what is held."""

import io
import zipfile

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from compliance.desk.domain.request_states import Scope
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.requests import request_get
from compliance.desk.services import handling
from compliance.desk.services.access_package import AccessPackage
from compliance.desk.services.erasure import Plan
from compliance.desk.services.requests.letters import receipt_url
from compliance.desk.tasks import erasures_run
from compliance.desk.views.requests.register import doer_of
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.PRIVACY_MANAGE)
def request_erasure(request: ConsoleRequest, reference: str) -> HttpResponse:
    """Count what would go, begin the erasure, see how far it is; it fetches itself until it's over."""
    asked = request_get(reference=reference)
    operation = handling.erase_operation(request=asked, user=request.user)
    proof = StepUpForm(request.POST if request.POST.get("act") == "erase" else None, operation=operation)
    plan = None
    if request.method == "POST":
        try:
            plan = _act(request, asked, operation, proof)
        except ConsoleError as error:
            messages.error(request, error.message)
            return redirect("desk:request", asked.reference)
        if plan is None:
            return redirect("desk:request-erasure", asked.reference)
    return _erasure_page(request, asked, plan, proof)


@console_page(Permission.PRIVACY_MANAGE)
def request_package(request: ConsoleRequest, reference: str) -> HttpResponse:
    """Say what the package is; confirmed, hand it out: one file for people, one for machines."""
    asked = request_get(reference=reference)
    operation = handling.package_operation(request=asked, user=request.user)
    proof = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and proof.is_valid():
        try:
            step_up = stepped_up(request, operation, proof)
            package = handling.package_take(request=asked, by=doer_of(request), step_up=step_up)
        except ConsoleError as error:
            proof.add_error(None, error.message)
        else:
            return _handed_out(package, asked)
    is_short = asked.how_much is not Scope.SPECIFIC
    context = {"title": "Package of what is held", "asked": asked, "is_short": is_short, "proof": proof}
    return page_render(request, "desk/requests/package.html", context)


def _handed_out(package: AccessPackage, asked: PrivacyRequest) -> HttpResponse:
    answer = HttpResponse(_zipped(package, asked.reference), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{asked.reference}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _act(
    request: ConsoleRequest, asked: PrivacyRequest, operation: Operation, proof: StepUpForm
) -> Plan | None:
    by, act = doer_of(request), request.POST.get("act", "")
    if act == "plan" or (act == "erase" and not _erased(request, asked, operation, proof)):
        return handling.request_plan(request=asked, by=by)
    if act == "resume":
        handling.request_erasure_resume(request=asked, by=by)
    erasures_run.delay()
    return None


def _erased(request: ConsoleRequest, asked: PrivacyRequest, operation: Operation, proof: StepUpForm) -> bool:
    """Begin it, if it's confirmed; what is missing is on the form, beside the dry run made anew."""
    if not proof.is_valid():
        return False
    try:
        step_up = stepped_up(request, operation, proof)
        handling.request_erase(request=asked, by=doer_of(request), step_up=step_up)
    except ConsoleError as error:
        proof.add_error(None, error.message)
        return False
    return True


def _erasure_page(
    request: ConsoleRequest, asked: PrivacyRequest, plan: Plan | None, proof: StepUpForm
) -> HttpResponse:
    run = handling.erasure_of(asked)
    context = {
        "title": "Erasure",
        "asked": asked,
        "plan": plan,
        "proof": proof,
        "lines": [line for line in plan.lines if line.count] if plan else [],
        "empty": sum(1 for line in plan.lines if not line.count) if plan else 0,
        "run": run,
        "steps": list(run.steps.all()) if run else [],
        "receipt_url": receipt_url(asked),
    }
    answer = page_render(request, "desk/requests/erasure.html", context)
    if run and run.state != "running" and "HX-Request" in request.headers:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _zipped(package: AccessPackage, reference: str) -> bytes:
    heap = io.BytesIO()
    with zipfile.ZipFile(heap, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{reference}.html", package.html)
        archive.writestr(f"{reference}.json", package.json)
    return heap.getvalue()
