"""Pages: drills and restores on record, and recording one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.forms.incidents import DrillForm
from compliance.desk.selectors.incidents import drills_all
from compliance.desk.services.drills import drill_record
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.ACCESS_VIEW, by_role=True)
def drill_list(request: ConsoleRequest) -> HttpResponse:
    """All drills and restores, the latest first."""
    context = {
        "title": "Drills and restores",
        "drills": drills_all(),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/drills/list.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def drill_new(request: ConsoleRequest) -> HttpResponse:
    """A form for one that is over."""
    form = DrillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            drill_record(account=form.account(), recorder=request.user)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "It's on record.")
            return redirect("desk:drills")
    return page_render(request, "desk/drills/new.html", {"title": "Record a drill or restore", "form": form})
