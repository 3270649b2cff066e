"""Pages: the list of requests, their calendar, a new one, yearly figures, and both reports as files."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain import rules
from compliance.desk.forms.intake import OfficerRequestForm
from compliance.desk.forms.steps import RegisterFilterForm
from compliance.desk.selectors import request_reports
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.requests import calendar_of, due_counts, requests_found, standing_of
from compliance.desk.services.requests import register_take, request_receive
from compliance.desk.services.requests.recording import Doer
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.spreadsheets import csv_table

_A_PAGE = 25


@console_page(Permission.AUDIT_VIEW, by_role=True)
def request_list(request: ConsoleRequest) -> HttpResponse:
    """The register, the next deadline first; who handles requests also finds them by an identifier.

    The identifier is posted: in an address it would be in logs and histories.
    """
    may_manage = request.user.may(Permission.PRIVACY_MANAGE)
    today = today_at(clock.now())
    form = RegisterFilterForm(request.GET)
    filters = form.filters()
    said = request.POST.get("q", "")[:254] if request.method == "POST" and may_manage else ""
    if said:
        filters = {"q": said, "show": "all"}
    page = Paginator(requests_found(filters=filters, today=today), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Privacy requests",
        "form": form,
        "page": page,
        "lines": [(each, standing_of(each, today=today)) for each in page],
        "counts": due_counts(today=today),
        "shown": filters.get("show", ""),
        "is_search": bool(said),
        "may_manage": may_manage,
    }
    return page_render(request, "desk/requests/list.html", context)


@console_page(Permission.AUDIT_VIEW, by_role=True)
def request_calendar(request: ConsoleRequest) -> HttpResponse:
    """Every deadline that stands, by day."""
    today = today_at(clock.now())
    context = {"title": "Deadlines", "days": calendar_of(today=today), "today": today}
    return page_render(request, "desk/requests/calendar.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def request_new(request: ConsoleRequest) -> HttpResponse:
    """A form for what came by mail, on the phone or in a letter."""
    form = OfficerRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = request_receive(intake=form.intake(), by=doer_of(request))
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{made.reference} is registered.")
            return redirect("desk:request", made.reference)
    context = {"title": "New request", "form": form, "rules": [rules.ANSWER, rules.OPT_OUT]}
    return page_render(request, "desk/requests/new.html", context)


@console_page(Permission.AUDIT_VIEW, by_role=True)
def request_metrics(request: ConsoleRequest) -> HttpResponse:
    """The yearly figures (R6)."""
    year = _year(request)
    context = {
        "title": f"Privacy requests of {year}",
        "year": year,
        "years": request_reports.years_found(),
        "figures": request_reports.metrics_of(year=year),
        "limits": request_reports.LIMITS,
        "may_export": request.user.may(Permission.AUDIT_EXPORT),
    }
    return page_render(request, "desk/requests/metrics.html", context)


@console_page(Permission.AUDIT_EXPORT)
def request_report(request: ConsoleRequest, report: str) -> HttpResponse:
    """A report as a file for spreadsheets: `register` (R5) or `metrics` (R6) of a year."""
    if report not in {"register", "metrics"}:
        raise Http404
    year = _year(request)
    if report == "metrics":
        columns, rows = request_reports.METRICS_COLUMNS, request_reports.metrics_rows(year=year)
    else:
        columns = request_reports.REGISTER_COLUMNS
        rows = request_reports.register_rows(first=date(year, 1, 1), last=date(year, 12, 31))
    register_take(report=report, filters={"year": year}, count=len(rows), by=doer_of(request))
    answer = HttpResponse(csv_table([columns, *rows]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="privacy-{report}-{year}.csv"'
    return answer


def doer_of(request: ConsoleRequest) -> Doer:
    """Who does it: the person at the page."""
    return Doer(request.user.actor, request.user)


def _year(request: ConsoleRequest) -> int:
    """The year in the address, where it's one; else this one."""
    said = request.GET.get("year", "")
    this = today_at(clock.now()).year
    return int(said) if said.isascii() and said.isdecimal() and 2000 <= int(said[:5]) <= this else this  # noqa: PLR2004 (a year)
