"""Previews on the console's pages."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.domain.roles import Permission
from accounts.models import User
from tests.support.actors import granted
from tests.support.beta import joins
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, bundle_made
from updates.models import Release, TesterGroup

PREVIEWS = f"/console/apps/{APP_ID}/previews/"
ONE = f"{PREVIEWS}preview-pr-123/"
LINK = re.compile(r"http\S+/beta/invite/[A-Za-z0-9_-]{43}/")
FILLED = {"subject": "PR 123", "version": "1.0.0", "days": "7", "testers": "5"}


@pytest.fixture(autouse=True)
def clinic(db: None) -> None:
    bundle_made(app_made(), "1.0.0")


@pytest.fixture
def browser(rita: User) -> Client:
    return signed_in(rita)


def shown(answer: Any) -> str:
    return str(answer.content.decode())


def opened(browser: Client, **changed: str) -> Any:
    return browser.post(f"{PREVIEWS}new/", FILLED | changed, follow=True)


def test_a_preview_is_opened_published_and_its_link_shown_once(browser: Client) -> None:
    answer = opened(browser)
    (link,) = set(LINK.findall(shown(answer)))
    assert "data:image/svg+xml" in shown(answer)
    assert "no-store" in answer["Cache-Control"]
    assert Release.objects.get().bundle.version == "1.0.0"
    assert not LINK.search(shown(browser.get(ONE)))
    joins(link)
    assert "PR 123" in shown(browser.get(PREVIEWS))


def test_again_it_goes_on_without_a_link(browser: Client) -> None:
    opened(browser)
    again = shown(opened(browser))
    assert "It ran already" in again
    assert not LINK.search(again)
    assert LINK.search(shown(browser.post(f"{ONE}link/")))


def test_a_mistake_is_said_in_the_form(browser: Client) -> None:
    opened(browser, subject="feature/login", version="")
    assert "is there already" in shown(opened(browser, subject="feature login", version=""))


def test_it_is_ended_and_its_group_is_nobodys_to_change(browser: Client) -> None:
    opened(browser)
    group = f"/console/apps/{APP_ID}/testers/groups/{TesterGroup.objects.get().pk}/"
    assert f"{group}end/" not in shown(browser.get(group))
    assert browser.get(f"{group}settings/")["Location"] == group
    assert "The preview is over" in shown(browser.post(f"{ONE}end/", follow=True))
    assert "This preview is over" in shown(browser.get(ONE))
    assert "preview-pr-123" not in shown(browser.get(f"/console/apps/{APP_ID}/testers/"))


@pytest.mark.parametrize("only", [Permission.RELEASE_PUBLISH, Permission.TESTER_MANAGE])
def test_it_takes_both_permissions(browser: Client, olaf: User, only: Permission) -> None:
    opened(browser)
    granted(olaf, Permission.APP_VIEW, APP_ID)
    granted(olaf, only, APP_ID)
    half = signed_in(olaf)
    for path in (PREVIEWS, f"{PREVIEWS}new/", ONE):
        assert half.get(path).status_code == 403
    for path in (f"{ONE}end/", f"{ONE}link/"):
        assert half.post(path).status_code == 403
