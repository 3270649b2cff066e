"""What keys have to say on the start page: one line when all is well."""

from typing import Final

from django.http import HttpRequest

from accounts.domain.roles import Permission
from accounts.models import User
from releaseconsole.admin_base import StartPageCard
from releaseconsole.kernel import clock
from signing.selectors.overview import keys_of_apps, keys_of_console, profiles_found
from signing.services.rules import key_rules

_PROBLEMS_SHOWN: Final = 8


def keys_card(request: HttpRequest) -> StartPageCard | None:
    """The next rotation, and what is wrong, for who may see keys."""
    if not isinstance(request.user, User) or not request.user.may(Permission.KEY_VIEW):
        return None
    now = clock.now()
    owners = keys_of_apps(list(profiles_found()), rules=key_rules, now=now)
    owners.append(keys_of_console(rules=key_rules, now=now))
    problems = [(keys, problem) for keys in owners for problem in keys.problems]
    problems.sort(key=lambda found: not found[1].is_urgent)
    rotations = [(keys.main.takeover_at, keys) for keys in owners if keys.main.takeover_at]
    context = {
        "next": min(rotations, key=lambda rotation: rotation[0], default=None),
        "problems": problems[:_PROBLEMS_SHOWN],
        "more": max(len(problems) - _PROBLEMS_SHOWN, 0),
    }
    return StartPageCard(order=5 if problems else 50, template="signing/start_page.html", context=context)
