"""Page: for how long what is kept, and what went."""

from django.http import HttpResponse

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.selectors.data_kept import holders_shown, purges_shown
from releaseconsole.kernel import clock


@console_page(Permission.AUDIT_VIEW)
def data_kept_page(request: ConsoleRequest) -> HttpResponse:
    """What deletes itself, with its last run; and all that is held of people."""
    purges = purges_shown(now=clock.now())
    context = {
        "title": "Data kept",
        "purges": purges,
        "overdue": sum(each.is_overdue for each in purges),
        "holders": holders_shown(),
    }
    return page_render(request, "desk/data_kept.html", context)
