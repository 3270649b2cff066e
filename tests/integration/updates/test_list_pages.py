"""Pages that list all bundles and all releases of an app, a page at a time."""

import pytest
from django.test import Client

from accounts.models import User
from tests.support.people import signed_in
from tests.support.shipping import app_made, bundle_made, channel_made, released
from updates.models import App
from updates.views import lists

APP_PAGE = "/console/apps/com.example.clinic/"


@pytest.fixture
def app(db: None, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    return app_made()


@pytest.fixture
def auditor(audra: User) -> Client:
    return signed_in(audra)


def test_bundles_go_on_on_the_next_page(app: App, auditor: Client) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        bundle_made(app, version)
    first = auditor.get(f"{APP_PAGE}bundles/").content.decode()
    assert "1.2.0" in first
    assert "1.1.0" in first
    assert "1.0.0" not in first
    assert "1 to 2 of 3" in first
    assert 'href="?page=2"' in first
    assert "1.0.0" in auditor.get(f"{APP_PAGE}bundles/?page=2").content.decode()


def test_releases_of_one_channel_keep_their_filter_on_the_next_page(app: App, auditor: Client) -> None:
    production, beta = channel_made(app), channel_made(app, "beta", public=False)
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        released(production, version)
    released(beta, "2.0.0")
    assert "2.0.0" in auditor.get(f"{APP_PAGE}releases/").content.decode()
    page = auditor.get(f"{APP_PAGE}releases/?channel=production").content.decode()
    assert "2.0.0" not in page
    assert 'href="?channel=production&amp;page=2"' in page


def test_releases_on_a_channel_that_is_not_there_are_not_found(app: App, auditor: Client) -> None:
    assert auditor.get(f"{APP_PAGE}releases/?channel=none").status_code == 404


@pytest.mark.parametrize("name", ["bundles", "releases"])
def test_an_empty_list_says_so(name: str, app: App, auditor: Client) -> None:
    assert b"rc-empty" in auditor.get(f"{APP_PAGE}{name}/").content
