"""Page: whether the audit log holds, how verifications went, and asking for one now."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.ledger.selectors.alerts import ledger_alerts
from compliance.ledger.selectors.verifications import log_state, verifications_recent
from compliance.ledger.services.verification_runs import verification_ask
from compliance.ledger.tasks import log_verify_asked
from releaseconsole.admin_base import StartPageCard
from releaseconsole.kernel import clock

_SHOWN: Final = 20


@console_page(Permission.AUDIT_VIEW)
def verification_page(request: ConsoleRequest) -> HttpResponse:
    """Show how the log stands."""
    context = {"title": "Does the audit log hold?", **_shown()}
    return page_render(request, "desk/verification.html", context)


@console_page(Permission.AUDIT_VIEW)
def verification_progress(request: ConsoleRequest) -> HttpResponse:
    """The part of the page that changes while a verification runs."""
    return render(request, "desk/part_verification.html", _shown())


@console_page(Permission.AUDIT_VIEW)
@require_POST
def verification_now(request: ConsoleRequest) -> HttpResponse:
    """Have the log verified, from its beginning."""
    run = verification_ask(now=clock.now())
    log_verify_asked.delay(run.pk, str(request.user.pk))
    return redirect("desk:verification")


def log_card(request: HttpRequest) -> StartPageCard | None:
    """The start page's card: red, and above all others, where something is wrong with the log."""
    if not isinstance(request.user, User) or not request.user.may(Permission.AUDIT_VIEW):
        return None
    state, alerts = log_state(), ledger_alerts(clock.now())
    is_red = alerts or (state.verified is not None and state.verified.verdict != "holds")
    context = {"state": state, "alerts": alerts}
    return StartPageCard(order=4 if is_red else 80, template="desk/log_card.html", context=context)


def _shown() -> dict[str, Any]:
    return {"state": log_state(), "runs": verifications_recent(count=_SHOWN)}
