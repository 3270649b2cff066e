"""Pages: the catalogue of reports, one with its preview, and what was made with its reviews."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.forms import StepUpForm
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from compliance.desk.domain.reports.catalogue import SLUGS
from compliance.desk.domain.reports.declaration import ReportKind
from compliance.desk.domain.reports.order import filters_words
from compliance.desk.errors import ReportStateError
from compliance.desk.forms import ExportOrderForm
from compliance.desk.forms.reports import ReportFilterForm, ReviewForm, ScheduleForm
from compliance.desk.models import ReportRun
from compliance.desk.models.reports import Verdict
from compliance.desk.selectors.draws import report_draws_before
from compliance.desk.selectors.reports.policy import policy_told
from compliance.desk.selectors.reports.register import (
    report_preview,
    reports_listed,
    run_get,
    runs_registered,
    schedule_get,
)
from compliance.desk.selectors.reports.signing_off import is_orderer, may_sign_off
from compliance.desk.services.reports.ordering import report_operation, report_order
from compliance.desk.services.reports.reviewing import report_review, review_operation
from compliance.desk.services.reports.scheduling import report_schedule, report_unschedule
from compliance.desk.views.log_words import zone_name
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError

PAGE_SIZE = 25


@console_page(Permission.AUDIT_EXPORT)
@require_GET
def report_list(request: ConsoleRequest) -> HttpResponse:
    """All reports with the question that each answers, and what was made of them."""
    page = Paginator(runs_registered(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"title": "Reports", "listed": reports_listed(), "page": page}
    return page_render(request, "desk/reports/list.html", context)


@console_page(Permission.AUDIT_EXPORT)
def report_new(request: ConsoleRequest, slug: str) -> HttpResponse:
    """Choose a period and a filter, see what would be in the report, and order it."""
    kind = kind_of(slug)
    form = ReportFilterForm(request.GET, kind=kind)
    context = {"title": kind.title, "kind": kind, "form": form, "zone": zone_name()}
    if not form.is_valid():
        return page_render(request, "desk/reports/new.html", context)
    wish = form.wish()
    order = ExportOrderForm(request.POST or None)
    operation = report_operation(wish=wish, user=request.user)
    proof = StepUpForm(request.POST or None, operation=operation) if form.is_personal else None
    if request.method == "POST" and order.is_valid() and (proof is None or proof.is_valid()):
        try:
            step_up = None if proof is None else stepped_up(request, operation, proof)
            run = report_order(
                wish=wish,
                personal=form.is_personal,
                reason=order.cleaned_data["reason"],
                user=request.user,
                step_up=step_up,
            )
        except ConsoleError as error:
            (proof or order).add_error(None, error.message)
        else:
            return redirect("desk:report", run.pk)
    context |= {
        "wish": wish,
        "preview": report_preview(wish, now=clock.now()),
        "policy": policy_told(),
        "order": order,
        "proof": proof,
        "schedule": ScheduleForm(),
    }
    return page_render(request, "desk/reports/new.html", context)


@console_page(Permission.AUDIT_EXPORT)
@require_GET
def report_page(request: ConsoleRequest, run_id: UUID) -> HttpResponse:
    """One report: what was asked for, what came out, what was said of it."""
    return _shown(request, run_get(run_id=run_id))


@console_page(Permission.PRIVACY_MANAGE)
def report_review_page(request: ConsoleRequest, run_id: UUID) -> HttpResponse:
    """Say what was looked at and found, and confirm it."""
    run, form = run_get(run_id=run_id), ReviewForm(request.POST or None)
    operation = review_operation(run=run, user=request.user)
    proof = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid() and proof.is_valid():
        try:
            report_review(
                run=run,
                verdict=Verdict(form.cleaned_data["verdict"]),
                note=form.cleaned_data["note"],
                user=request.user,
                step_up=stepped_up(request, operation, proof),
            )
        except ConsoleError as error:
            proof.add_error(None, error.message)
        else:
            messages.success(request, "Your review is on record.")
            return redirect("desk:report", run.pk)
    context = {
        "title": f"Review report {run.kind}",
        "run": run,
        "form": form,
        "proof": proof,
        "is_own": is_orderer(run, request.user),
        "may_review": may_sign_off(run, request.user),
    }
    return page_render(request, "desk/reports/review.html", context)


@console_page(Permission.AUDIT_EXPORT)
@require_POST
def schedule_new(request: ConsoleRequest, slug: str) -> HttpResponse:
    """Have a report made again and again, as it's narrowed in the address."""
    kind = kind_of(slug)
    form, often = ReportFilterForm(request.GET, kind=kind), ScheduleForm(request.POST)
    if not form.is_valid() or not often.is_valid():
        messages.error(request, "Look at a preview first, and choose how often.")
        return redirect("desk:report-new", kind.slug)
    schedule = report_schedule(wish=form.wish(), cadence=often.cleaned_data["cadence"], user=request.user)
    messages.success(request, f"It's made for the first time on {schedule.next_on:%-d %B %Y}.")
    return redirect("desk:reports")


@console_page(Permission.AUDIT_EXPORT)
@require_POST
def schedule_end(request: ConsoleRequest, schedule_id: int) -> HttpResponse:
    """End the making of a report by itself."""
    try:
        report_unschedule(schedule=schedule_get(schedule_id=schedule_id), user=request.user)
    except ReportStateError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "It isn't made by itself any more. What was made stays.")
    return redirect("desk:reports")


def _shown(request: ConsoleRequest, run: ReportRun) -> HttpResponse:
    is_signed_off = any(review.verdict == Verdict.SIGNED_OFF for review in run.reviews.all())
    context = {
        "title": f"{run.declared.title}, {str(run.pk)[:8]}",
        "run": run,
        "export": run.export,
        "narrowed": filters_words(run.filters),
        "earlier": report_draws_before(run),
        "is_signed_off": is_signed_off,
        "may_review": run.is_made and not is_signed_off and may_sign_off(run, request.user),
        "is_own": is_orderer(run, request.user),
    }
    return page_render(request, "desk/reports/page.html", context)


def kind_of(slug: str) -> ReportKind:
    """Find the report at an address.

    Raises:
        Http404: There's no such report.
    """
    kind = SLUGS.get(slug)
    if kind is None:
        raise Http404
    return kind
