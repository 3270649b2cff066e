"""Pages: the cryptographic inventory, here and as a CycloneDX document; advisories that are brought to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.modules.inventory import PATHS
from compliance.desk.forms.modules import AdvisoriesForm
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.modules.advisories import imports_newest
from compliance.desk.services.modules.advisories import advisories_import
from compliance.desk.services.modules.stock import cbom_take, stock_take
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.AUDIT_VIEW)
def stock_page(request: ConsoleRequest) -> HttpResponse:
    """Each package that does cryptography here, with what is known of it."""
    now = clock.now()
    stock, titles = stock_take(now=now), {path.key: path.title for path in PATHS}
    context = {
        "title": "Cryptographic inventory",
        "stock": stock,
        "lines": [
            (line, [titles[key] for key in line.component.path_keys], line.is_due(today=today_at(now)))
            for line in stock.lines
        ],
        "imports": imports_newest(),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
    }
    return page_render(request, "desk/modules/inventory.html", context)


@console_page(Permission.AUDIT_VIEW)
def stock_cbom(request: ConsoleRequest) -> HttpResponse:
    """The same as a CycloneDX document; taking it is on the audit log."""
    now = clock.now()
    headers = {"Content-Disposition": f'attachment; filename="release-console-{now:%Y%m%d}.cdx.json"'}
    document = cbom_take(user=request.user, now=now)
    return HttpResponse(document, content_type="application/vnd.cyclonedx+json; version=1.6", headers=headers)


@console_page(Permission.PRIVACY_MANAGE)
def advisories_new(request: ConsoleRequest) -> HttpResponse:
    """A form for what pip-audit or npm audit printed."""
    form = AdvisoriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = advisories_import(
                text=form.cleaned_data["result"],
                ran_on=form.cleaned_data["ran_on"],
                user=request.user,
                now=clock.now(),
            )
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            count = row.advisories.count()
            found = "1 advisory" if count == 1 else f"{count} advisories"
            messages.success(request, f"{row.tool} looked at {row.packages} packages and found {found}.")
            return redirect("desk:inventory")
    return page_render(request, "desk/modules/advisories.html", {"title": "Import advisories", "form": form})
