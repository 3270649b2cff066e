"""Pages: the officer's start page, and the matrix of controls."""

from typing import Final

from django.http import HttpRequest, HttpResponse

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.selectors.policy import assurance_statement
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.control_reports import reports_serving
from compliance.desk.domain.controls import CONTROLS, PAGES, Evidence
from compliance.desk.domain.insiders import INSIDERS_ONLY
from compliance.desk.domain.standing import Tone
from compliance.desk.selectors.calendar import today_at
from compliance.desk.services.standing import standing_lines
from releaseconsole.admin_base import StartPageCard
from releaseconsole.kernel import clock

# An engagement shows reports; the policy's own page isn't among them.
_INSIDERS_ONLY: Final = INSIDERS_ONLY | {Evidence.POLICY.value}


@console_page(Permission.AUDIT_VIEW)
def desk_start(request: ConsoleRequest) -> HttpResponse:
    """What is red, what is due, and how everything else stands."""
    now = clock.now()
    lines = standing_lines(user=request.user, now=now)
    context = {
        "title": "Compliance desk",
        "bad": [line for line in lines if line.tone is Tone.BAD],
        "due": [line for line in lines if line.tone is Tone.DUE],
        "other": [line for line in lines if line.tone in {Tone.FINE, Tone.PLAIN}],
        "statement": assurance_statement(),
        "now": now,
        "today": today_at(now),
        "sees_access": request.user.may_by_role(Permission.ACCESS_VIEW),
        "is_insider": request.user.may_by_role(Permission.AUDIT_VIEW),
    }
    return page_render(request, "desk/start/page.html", context)


def duties_card(request: HttpRequest) -> StartPageCard | None:
    """The console's start page of whoever handles personal data begins with what doesn't wait."""
    if not isinstance(request.user, User) or not request.user.may(Permission.PRIVACY_MANAGE):
        return None
    now = clock.now()
    lines = standing_lines(user=request.user, now=now)
    context = {
        "bad": [line for line in lines if line.tone is Tone.BAD],
        "due": sum(line.tone is Tone.DUE for line in lines),
        "today": today_at(now),
    }
    return StartPageCard(order=3, template="desk/start/card.html", context=context)


@console_page(Permission.AUDIT_VIEW)
def controls_matrix(request: ConsoleRequest) -> HttpResponse:
    """Each control with the pages and reports that show evidence for it; links for who may open them."""
    user = request.user
    open_to = {
        page: user.may_by_role(permission) if page in _INSIDERS_ONLY else user.may_somewhere(permission)
        for page, (_, permission) in PAGES.items()
    }
    matrix = [
        (
            each.value,
            [
                (
                    control,
                    [(PAGES[page][0], page.value if open_to[page] else "") for page in control.evidence],
                    reports_serving(control.number),
                )
                for control in controls
            ],
        )
        for each, controls in CONTROLS.items()
    ]
    context = {
        "title": "Controls and their evidence",
        "matrix": matrix,
        "statement": assurance_statement(),
        "may_report": user.may(Permission.AUDIT_EXPORT),
    }
    return page_render(request, "desk/start/controls.html", context)
