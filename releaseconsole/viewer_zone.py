"""Console pages show times in the zone of who looks at them."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User


class ViewerZoneMiddleware:
    """Activates the signed-in person's time zone for as long as their page is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's zone; API and set-up, which have none, stay in UTC."""
        if not request.path.startswith("/console/"):
            return self._get_response(request)
        with timezone.override(_zone(request)):
            return self._get_response(request)


def _zone(request: HttpRequest) -> zoneinfo.ZoneInfo:
    name = request.user.time_zone if isinstance(request.user, User) else "UTC"
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):  # a zone that this machine doesn't know
        return zoneinfo.ZoneInfo("UTC")
