"""What this floor shows on the start page: rollouts in flight, and the apps."""

from django.http import HttpRequest

from accounts.domain.roles import Permission
from accounts.models import User
from releaseconsole.admin_base import StartPageCard
from releaseconsole.kernel import clock
from updates.selectors.overview import apps_overview, releases_overdue, releases_waiting


def apps_and_rollouts(request: HttpRequest) -> StartPageCard | None:
    """The apps that are open to the person, if any can be."""
    if not isinstance(request.user, User) or not request.user.may_somewhere(Permission.APP_VIEW):
        return None
    apps = apps_overview(user=request.user)
    return StartPageCard(
        order=10,
        template="updates/start_page.html",
        context={
            "apps": apps,
            "rollouts": [
                (row.app, channel) for row in apps for channel in row.channels if channel.is_rolling_out
            ],
            "waiting": releases_waiting(rows=apps),
            "overdue": releases_overdue(rows=apps, now=clock.now()),
            "may_create": request.user.may(Permission.APP_CREATE),
        },
    )
