"""Page: who agreed to what, by app; what `Sec-GPC` does here."""

from django.http import HttpResponse

from accounts.domain.roles import Permission
from accounts.services.privacy_signal import gpc_signalled
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.selectors.consents import SHOWN, consents_by_app, consents_latest


@console_page(Permission.AUDIT_VIEW, by_role=True)
def consent_page(request: ConsoleRequest) -> HttpResponse:
    """All apps with their policies and consents; for who handles requests, the latest records."""
    may_see_whose = request.user.may(Permission.PRIVACY_MANAGE)
    context = {
        "title": "Consent",
        "apps": consents_by_app(),
        "records": consents_latest() if may_see_whose else [],
        "shown": SHOWN,
        "may_see_whose": may_see_whose,
        "signals_gpc": gpc_signalled(request.headers),
    }
    return page_render(request, "desk/consents.html", context)
