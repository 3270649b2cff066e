"""Pages: the components of a cybersecurity audit with their evidence, and saying how one stands."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.controls import PAGES
from compliance.desk.domain.cybersecurity import CAVEAT, Component
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.forms.components import ComponentForm
from compliance.desk.selectors.components import component_get, components_shown
from compliance.desk.services.components import component_state
from releaseconsole.kernel.errors import ConsoleError


@console_page(Permission.AUDIT_VIEW, by_role=True)
def component_list(request: ConsoleRequest) -> HttpResponse:
    """All components, each with its evidence and what was said of it."""
    shown = components_shown()
    context = {
        "title": "Components of a cybersecurity audit",
        "caveat": CAVEAT,
        "shown": [(each, _evidence(request, each.component)) for each in shown],
        "unsaid": sum(each.said is None for each in shown),
        "may_manage": request.user.may(Permission.PRIVACY_MANAGE),
        "may_export": request.user.may(Permission.AUDIT_EXPORT),
    }
    return page_render(request, "desk/components/list.html", context)


@console_page(Permission.PRIVACY_MANAGE)
def component_say(request: ConsoleRequest, component: int) -> HttpResponse:
    """Say how one stands, and why."""
    found = component_get(number=component)
    standing = {"standing": found.said.standing, "reason": found.said.reason} if found.said else None
    form = ComponentForm(request.POST or None, initial=standing)
    if request.method == "POST" and form.is_valid():
        try:
            component_state(number=component, **form.cleaned_data, user=request.user)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "It's on record.")
            return redirect("desk:components")
    context = {
        "title": f"Component {component}",
        "component": found.component,
        "form": form,
    }
    return page_render(request, "desk/components/say.html", context)


def _evidence(request: ConsoleRequest, component: Component) -> dict[str, object]:
    """The reports and pages of a component; pages lead to those that this person may open."""
    return {
        "reports": [REPORTS[report] for report in component.reports],
        "pages": [
            (PAGES[page][0], page.value if request.user.may_somewhere(PAGES[page][1]) else "")
            for page in component.pages
        ],
    }
