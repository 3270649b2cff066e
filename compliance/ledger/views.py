"""What the ledger shows on the start page."""

from typing import Final

from django.http import HttpRequest

from compliance.ledger.selectors import events_recent
from releaseconsole.admin_base import StartPageCard

_SHOWN: Final = 8


def recent_activity(request: HttpRequest) -> StartPageCard | None:
    """The newest events, for who may read the log."""
    if not request.user.has_perm("accounts.audit_view"):
        return None
    return StartPageCard(
        order=90, template="ledger/recent_activity.html", context={"happenings": events_recent(count=_SHOWN)}
    )
