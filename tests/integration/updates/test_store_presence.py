"""Saying where an app is in the stores, on its page."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from compliance.ledger.domain.events import Action
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, recorded
from updates.models import StorePresence

PAGE = f"/console/apps/{APP_ID}/stores/"
TYPED = {
    "ios_team_id": "A1B2C3D4E5",
    "ios_bundle_id": "com.example.clinic",
    "android_package": "com.example.clinic",
    "android_fingerprints": f"{'ab' * 32}\n{'CD' * 32}",
    "privacy_contact": "Pat Privacy",
    "native_least": "2.1",
}


@pytest.fixture(autouse=True)
def clinic(db: None) -> None:
    app_made()


@pytest.fixture
def browser(rita: User) -> Client:
    return signed_in(rita)


def saved(browser: Client, **changed: str) -> Any:
    return browser.post(PAGE, TYPED | changed)


def test_what_is_typed_is_kept_and_shown_again(browser: Client) -> None:
    assert saved(browser)["Location"] == PAGE
    presence = StorePresence.objects.get()
    assert presence.android_fingerprints == [":".join(["AB"] * 32), ":".join(["CD"] * 32)]
    page = browser.get(PAGE).content.decode()
    assert 'value="A1B2C3D4E5"' in page
    assert ":".join(["CD"] * 32) in page


def test_a_change_is_recorded_once_and_without_the_name_of_whom_testers_ask(
    browser: Client, rita: User
) -> None:
    saved(browser)
    saved(browser)
    saved(browser, native_least="2.2", privacy_contact="Paul Privacy")
    first, second = recorded(Action.APP_CHANGED)
    assert (first.actor_id, first.app_id) == (str(rita.pk), APP_ID)
    assert second.detail == {
        "changed": ["store_native_least", "store_privacy_contact"],
        "before": {"native_least": "2.1"},
        "after": {"native_least": "2.2"},
    }


def test_what_phones_would_ignore_is_refused_and_nothing_is_kept(browser: Client) -> None:
    answer = saved(browser, ios_team_id="")
    assert "together, or neither" in answer.content.decode()
    assert not StorePresence.objects.exists()
    assert not recorded(Action.APP_CHANGED)
