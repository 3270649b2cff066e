"""Console pages show times in the zone of who looks at them."""

import zoneinfo
from collections.abc import Callable
from functools import cache
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User

# Set by static/js/viewer_zone.js; what it says decides nothing but how times are written.
COOKIE: Final = "console_time_zone"


class ViewerZoneMiddleware:
    """Activates the time zone of a person's browser, else their own, for as long as their page is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's zone; API and set-up, which have none, stay in UTC."""
        if not request.path.startswith("/console/"):
            return self._get_response(request)
        with timezone.override(_zone(request)):
            return self._get_response(request)


def _zone(request: HttpRequest) -> zoneinfo.ZoneInfo:
    own = request.user.time_zone if isinstance(request.user, User) else "UTC"
    for name in (request.COOKIES.get(COOKIE, ""), own):
        if name in _known():  # else it's one that this machine doesn't know, or none at all
            return zoneinfo.ZoneInfo(name)
    return zoneinfo.ZoneInfo("UTC")


@cache
def _known() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
