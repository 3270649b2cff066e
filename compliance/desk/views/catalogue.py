"""Page: all that the audit log can record; the same as files for machines and spreadsheets."""

from django.http import HttpResponse, JsonResponse

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.catalogue import COLUMNS, catalogue, catalogue_by_source
from releaseconsole.kernel.spreadsheets import csv_table


@console_page(Permission.AUDIT_VIEW)
def catalogue_page(request: ConsoleRequest) -> HttpResponse:
    """Every action by its source: its code, its words, what it tells."""
    context = {"title": "What is recorded", "sources": catalogue_by_source(), "count": len(catalogue())}
    return page_render(request, "desk/catalogue.html", context)


@console_page(Permission.AUDIT_VIEW)
def catalogue_csv(request: ConsoleRequest) -> HttpResponse:  # noqa: ARG001 (every page takes it)
    """The same for a spreadsheet."""
    rows = [COLUMNS, *(kind.cells() for kind in catalogue())]
    headers = {"Content-Disposition": 'attachment; filename="audit-events.csv"'}
    return HttpResponse(csv_table(rows), content_type="text/csv; charset=utf-8", headers=headers)


@console_page(Permission.AUDIT_VIEW)
def catalogue_json(request: ConsoleRequest) -> HttpResponse:  # noqa: ARG001 (every page takes it)
    """The same for machines."""
    headers = {"Content-Disposition": 'attachment; filename="audit-events.json"'}
    return JsonResponse({"events": [kind.document() for kind in catalogue()]}, headers=headers)
