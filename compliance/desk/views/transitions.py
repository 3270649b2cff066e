"""Page: the algorithms that are used here, and the dates on which texts end them."""

from typing import Final

from django.http import HttpResponse

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from compliance.desk.domain.modules.algorithms import ALGORITHMS
from compliance.desk.domain.modules.inventory import PATHS
from compliance.desk.domain.modules.transitions import TRANSITIONS, touched_by
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.modules.live_keys import keys_by_algorithm
from releaseconsole.kernel import clock

_NAMES: Final = tuple(dict.fromkeys(name for path in PATHS for name in path.algorithms))


@console_page(Permission.AUDIT_VIEW)
def transitions_page(request: ConsoleRequest) -> HttpResponse:
    """Dates, what they end of what is used here, and in which text that stands."""
    today, keys = today_at(clock.now()), keys_by_algorithm()
    context = {
        "title": "Algorithms and dates",
        "transitions": [
            (each, each.days_left(today=today), ", ".join(touched_by(_NAMES, each))) for each in TRANSITIONS
        ],
        "algorithms": [
            (
                ALGORITHMS[name],
                keys.get(name, 0),
                [path.title for path in PATHS if name in path.algorithms],
                [each for each in TRANSITIONS if each.touches(ALGORITHMS[name])],
            )
            for name in _NAMES
        ],
    }
    return page_render(request, "desk/modules/transitions.html", context)
