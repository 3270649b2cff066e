"""Times are written in the zone of the browser that shows them."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from releaseconsole.viewer_zone import COOKIE, ViewerZoneMiddleware

BERLIN = "Europe/Berlin"


def zone_of(*, cookie: str, own: str = "UTC", path: str = "/console/") -> str:
    """Ask in which zone a page is made."""
    request = RequestFactory().get(path)
    request.user = User(time_zone=own)
    request.COOKIES[COOKIE] = cookie
    seen: list[str] = []

    def page(_: HttpRequest) -> HttpResponse:
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    ViewerZoneMiddleware(page)(request)
    return seen[0]


def test_the_browser_says_the_zone() -> None:
    assert zone_of(cookie=BERLIN, own="Asia/Tokyo") == BERLIN


@pytest.mark.parametrize("cookie", ["", "Europe", "Mars/Olympus", "../../etc/passwd", "Europe/Berlin\x00"])
def test_what_is_no_zone_is_passed_over_for_the_persons_own(cookie: str) -> None:
    assert zone_of(cookie=cookie, own="Asia/Tokyo") == "Asia/Tokyo"


def test_outside_the_console_times_stay_in_utc() -> None:
    assert zone_of(cookie=BERLIN, path="/beta/") == "UTC"
