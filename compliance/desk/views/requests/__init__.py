"""Pages of the register of privacy requests."""

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.requests import due_counts
from releaseconsole.kernel import clock


def requests_waiting(user: User) -> int:
    """Count what is at risk or overdue, for whom the side bar reminds of it."""
    if not user.may(Permission.PRIVACY_MANAGE):
        return 0
    counts = due_counts(today=today_at(clock.now()))
    return counts["at_risk"] + counts["overdue"]
