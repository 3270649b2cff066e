"""Pages for what went wrong outside the console's frame: calm, a way back, and nothing given away."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

SECRET = "what only the log may say"


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


def suspects(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(SECRET)


urlpatterns = [
    path("breaks/", breaks),
    path("suspects/", suspects),
    path("", include("releaseconsole.urls")),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        pytest.param("/breaks/", 500, "Something went wrong", id="fault"),
        pytest.param("/suspects/", 400, "This request wasn't understood", id="bad request"),
        pytest.param("/nowhere/", 404, "There is nothing here", id="nothing there"),
    ],
)
def test_an_error_is_a_page_with_a_way_back_that_tells_nothing(
    address: str, status: int, heading: str
) -> None:
    answer = Client(raise_request_exception=False).get(address)
    text = answer.content.decode()
    assert answer.status_code == status
    assert heading in text
    assert 'href="/console/"' in text
    assert SECRET not in text
    assert "Traceback" not in text
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_form_without_its_token_is_told_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/console/login/", {"email": "a@example.com"})
    assert answer.status_code == 403
    assert b"This form is out of date" in answer.content


def test_strangers_read_the_same_of_every_address_that_leads_nowhere() -> None:
    assert len({Client().get(f"/{name}/").content for name in ("a", "apps", "console-x")}) == 1
