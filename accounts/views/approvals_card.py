"""What approvals have to say on the start page: nothing, unless something waits for this person."""

from django.http import HttpRequest

from accounts.models import User
from accounts.services.approval_inbox import inbox_of
from releaseconsole.admin_base import StartPageCard
from releaseconsole.kernel import clock


def approvals_card(request: HttpRequest) -> StartPageCard | None:
    """What to decide and what to review."""
    if not isinstance(request.user, User):
        return None
    inbox = inbox_of(request.user, now=clock.now())
    if not inbox.to_decide and not inbox.reviews and not inbox.errands:
        return None
    return StartPageCard(order=2, template="accounts/approvals_card.html", context={"inbox": inbox})
