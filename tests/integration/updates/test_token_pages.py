"""The page of an app's API tokens: what each may do, from whom, until when; and taking one away."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.domain.roles import Permission
from accounts.models import APIToken, TrustedPublisher, User
from accounts.services.api_tokens import api_token_authenticate, api_token_create, api_token_issue
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made

LIST = f"/console/apps/{APP_ID}/tokens/"


@pytest.fixture(autouse=True)
def app(db: None) -> None:
    app_made()


def issue(user: User, name: str, days: int = 90) -> tuple[APIToken, str]:
    return api_token_issue(
        name=name,
        app_id=APP_ID,
        permissions=[Permission.BUNDLE_UPLOAD],
        expires_at=clock.now() + timedelta(days=days),
        created_by=user,
        actor=user.actor,
    )


def listed(user: User) -> str:
    return signed_in(user).get(LIST).content.decode().partition("New token")[0]


def test_a_token_is_listed_with_its_rights_its_issuer_and_its_last_use(rita: User, ada: User) -> None:
    _, plain = issue(rita, "Nightly build")
    page = listed(ada)
    for said in ("Nightly build", f"{plain[:9]}…", "upload bundles", "Rita", "never", "Revoke"):
        assert said in page
    assert plain not in page
    api_token_authenticate(plain=plain)
    assert "never" not in listed(ada)


@pytest.mark.parametrize(("days", "soon"), [(7, True), (8, False)])
def test_what_ends_within_a_week_says_so(rita: User, days: int, *, soon: bool) -> None:
    issue(rita, "CI", days)
    assert (">soon<" in listed(rita)) == soon


def test_a_token_is_taken_away_at_once(rita: User) -> None:
    token, plain = issue(rita, "CI")
    headers = {"Authorization": f"Bearer {plain}"}
    browser = signed_in(rita)
    assert Client(headers=headers).get("/api/v1/apps").status_code == 200
    browser.post(f"{LIST}{token.pk}/revoke/")
    assert Client(headers=headers).get("/api/v1/apps").status_code == 401
    page = listed(rita)
    assert ">revoked<" in page
    assert "/revoke/" not in page


def test_tokens_of_publishers_arent_listed(rita: User) -> None:
    now = clock.now()
    publisher = TrustedPublisher.objects.create(app_id=APP_ID, kind="github", created_by=rita, created_at=now)
    api_token_create(
        name="Of a job",
        app_id=APP_ID,
        permissions=[Permission.BUNDLE_UPLOAD],
        created_by=rita,
        now=now,
        expires_at=now + timedelta(minutes=15),
        publisher=publisher,
    )
    assert "Of a job" not in listed(rita)


def test_a_token_has_a_name_of_one_line(rita: User) -> None:
    named = {"name": "a\rb", "permissions": ["app_view"], "days": "8"}
    assert b"Leave out line ends" in signed_in(rita).post(LIST, named).content
    assert not APIToken.objects.exists()
