"""Pages: what is done for a request: dry run, erasure and its receipt, the package of what is held."""

import io
import zipfile

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
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
    plan = None
    if request.method == "POST":
        try:
            plan = _act(request, asked)
        except ConsoleError as error:
            messages.error(request, error.message)
            return redirect("desk:request", asked.reference)
        if plan is None:
            return redirect("desk:request-erasure", asked.reference)
    return _erasure_page(request, asked, plan)


@console_page(Permission.PRIVACY_MANAGE)
def request_package(request: ConsoleRequest, reference: str) -> HttpResponse:
    """Say what the package is; asked for, hand it out: one file for people, one for machines."""
    asked = request_get(reference=reference)
    if request.method != "POST":
        context = {
            "title": "Package of what is held",
            "asked": asked,
            "is_short": asked.how_much is not Scope.SPECIFIC,
        }
        return page_render(request, "desk/requests/package.html", context)
    try:
        package = handling.package_take(request=asked, by=doer_of(request))
    except ConsoleError as error:
        messages.error(request, error.message)
        return redirect("desk:request", asked.reference)
    answer = HttpResponse(_zipped(package, asked.reference), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{asked.reference}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _act(request: ConsoleRequest, asked: PrivacyRequest) -> Plan | None:
    by, act = doer_of(request), request.POST.get("act", "")
    if act == "plan":
        return handling.request_plan(request=asked, by=by)
    if act == "resume":
        handling.request_erasure_resume(request=asked, by=by)
    elif act == "erase":
        handling.request_erase(request=asked, by=by)
    erasures_run.delay()
    return None


def _erasure_page(request: ConsoleRequest, asked: PrivacyRequest, plan: Plan | None) -> HttpResponse:
    run = handling.erasure_of(asked)
    context = {
        "title": "Erasure",
        "asked": asked,
        "plan": plan,
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
