"""Pages: who may do what here, and why; on a page, and as a file for spreadsheets."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse

from accounts.domain.access import CONSOLE, Place, permissions_at
from accounts.domain.roles import PERMISSION_WORDS, Permission
from accounts.forms import AccessFilterForm, StepUpForm
from accounts.models import User
from accounts.selectors.access import Line, access_lines, people_found
from accounts.selectors.policy import assurance_statement
from accounts.services.access_export import ExportWish, access_export, access_export_operation
from accounts.views.pages import ConsoleRequest, console_page, page_render
from accounts.views.step_up import stepped_up
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.spreadsheets import csv_table

PAGE_SIZE: Final = 50
_HEADINGS: Final = ("Person", "E-mail", "At", "May", "Why")
_ABOUT: Final = "About this report"  # its last row says what the policy is worth


@console_page(Permission.ACCESS_VIEW)
def access_page(request: ConsoleRequest) -> HttpResponse:
    """People and permissions, at the console or at one app or channel; each with the reason."""
    form = AccessFilterForm(request.GET)
    place, permissions, person = _asked(form)
    people = people_found(person_id=person.pk if person else None)
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = access_lines(page.object_list, place=place, permissions=permissions, now=clock.now())
    context = {
        "title": "Who may do what",
        "form": form,
        "place": place,
        "permissions": permissions,
        "person": person,
        "lines": lines,
        "statement": assurance_statement(),
        "page": page,
        # With one of either, there's room to say why in full.
        "is_told": person is not None or len(permissions) == 1,
        "may_change": request.user.may(Permission.PEOPLE_MANAGE),
    }
    return page_render(request, "accounts/access.html", context)


@console_page(Permission.ACCESS_VIEW)
def access_csv(request: ConsoleRequest) -> HttpResponse:
    """Say whose data the file would hold; with a code that confirms exactly this, answer with it."""
    place, permissions, person = _asked(AccessFilterForm(request.GET))
    wish = ExportWish(place, permissions, person.pk if person else None)
    operation = access_export_operation(wish=wish)
    form = StepUpForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid():
        try:
            return _file(access_export(wish=wish, step_up=stepped_up(request, operation, form)), place)
        except ConsoleError as error:
            form.add_error(None, error.message)
    context = {
        "title": "Export who may do what",
        "place": place,
        "count": people_found(person_id=wish.person_id).count(),
        "form": form,
    }
    return page_render(request, "accounts/access_export.html", context)


def _file(lines: Iterable[Line], place: Place) -> HttpResponse:
    """The same for a spreadsheet, everybody at once."""
    about = (_ABOUT, "", "", "", assurance_statement())
    rows = [_HEADINGS, *(row for line in lines for row in _rows(line, place)), about]
    headers = {"Content-Disposition": 'attachment; filename="access.csv"', "Cache-Control": "no-store"}
    return HttpResponse(csv_table(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _asked(form: AccessFilterForm) -> tuple[Place, tuple[Permission, ...], User | None]:
    """Take what the address asks for; what doesn't exist is left out, as in every list."""
    form.is_valid()
    place = form.cleaned_data.get("at") or CONSOLE
    wanted = form.cleaned_data.get("permission")
    there = permissions_at(place)
    return place, (wanted,) if wanted in there else there, form.cleaned_data.get("person")


def _rows(line: Line, place: Place) -> Iterator[tuple[str, ...]]:
    """Write what a person may, a row for each permission and place; of who may nothing, one that says so.

    Yields:
        Cells under `_HEADINGS`.
    """
    who = (line.person.name, line.person.email)
    for cell in line.allowed:
        words = PERMISSION_WORDS[cell.permission]
        if cell.reasons:
            yield (*who, str(place), words, "; ".join(map(str, cell.reasons)))
        for part, reason in cell.inside:
            yield (*who, str(part), words, str(reason))
    if not line.allowed:
        yield (*who, str(place), "nothing of this", "")
