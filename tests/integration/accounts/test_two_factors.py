"""Nobody reaches any page of the console on one factor: every URL there is, tried."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from tests.support.people import PASSWORD, signed_in

# Where one gets in, and out.
OPEN_TO_ALL = {
    "/console/login/",
    "/console/login/enrol/",
    "/console/login/enrol/security-key/",
    "/console/login/enrol/security-key/begin/",
    "/console/login/forgotten/",
    "/console/login/invited/1/",
    "/console/login/passkey/",
    "/console/login/passkey/begin/",
    "/console/login/recovery-code/",
    "/console/login/reset/1/",
    "/console/login/second/",
    "/console/login/security-key/",
    "/console/login/security-key/begin/",
    "/console/logout/",
    "/console/sso/callback/",
    "/console/sso/logout/",
    "/console/sso/start/",
}


def _addresses(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + re.sub(r"<(?:\w+:)?\w+>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        else:
            yield _plain(route)


def _plain(route: str) -> str:
    """Turn a route that is a regular expression into an address that it matches."""
    return re.sub(r"\(\?P<\w+>[^)]*\)|\.\*", "accounts", route.replace("^", "").replace("\\Z", "")).rstrip(
        "$"
    )


CONSOLE = sorted({a for a in _addresses(get_resolver().url_patterns, "/") if a.startswith("/console/")})


def test_the_console_has_the_pages_that_are_tried() -> None:
    assert {"/console/", "/console/apps/", "/console/people/invite/", "/console/jsi18n/"} <= set(CONSOLE)
    assert len(CONSOLE) > 40


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("factors", ["none", "password", "pending", "pending-enrolment"])
def test_less_than_two_factors_open_nothing(olaf: User, method: str, factors: str) -> None:
    client = Client()
    if factors == "password":
        client.force_login(olaf)  # as if something signed in without the second factor
    if factors == "pending-enrolment":
        olaf.totp_authenticators.all().delete()
    if factors.startswith("pending"):
        answer = client.post("/console/login/", {"email": olaf.email, "password": PASSWORD})
        assert answer.headers["Location"] == "/console/login/second/"
    answers = {address: getattr(client, method)(address) for address in CONSOLE if address not in OPEN_TO_ALL}
    assert {
        address: answer.status_code
        for address, answer in answers.items()
        if answer.status_code != 302 or not answer.headers["Location"].startswith("/console/login/?next=")
    } == {}


def test_what_is_tried_opens_with_both(ada: User) -> None:
    assert signed_in(ada).get("/console/people/invite/").status_code == 200


def test_a_deactivated_person_is_out_at_once(ada: User) -> None:
    client = signed_in(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/console/").status_code == 302


def test_a_removed_authenticator_ends_what_it_opened(ada: User) -> None:
    client = signed_in(ada)
    ada.totp_authenticators.all().delete()
    assert client.get("/console/").status_code == 302
