"""What pages of apps, channels, releases and devices say, what their forms refuse, and how much they ask."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, bundle_made, channel_made, released
from updates.models import App, Channel, Device, Release
from updates.services import channel_member_add, release_publish

PHONE = "8f0f2f4e-0000-4000-8000-000000000001"
NEW_CHANNEL: dict[str, Any] = {"name": "beta", "platforms": ["ios"]}


@pytest.fixture
def production(db: None) -> Channel:
    channel = channel_made(app_made())
    released(channel, "1.0.0")
    return channel


@pytest.fixture
def browser(rita: User) -> Client:
    return signed_in(rita)


def shown(browser: Client, name: str, *where: object) -> str:
    answer = browser.get(reverse(f"updates:{name}", args=where))
    assert answer.status_code == 200
    return str(answer.content.decode())


def queries(browser: Client, name: str, *where: object) -> int:
    with CaptureQueriesContext(connection) as asked:
        shown(browser, name, *where)
    return len(asked)


def device_made(app: App, **told: Any) -> Device:
    now = clock.now()
    return Device.objects.create(
        **{"app": app, "device_id": PHONE, "first_seen_at": now, "last_seen_at": now} | told
    )


@pytest.mark.parametrize(
    ("page", "where", "form", "says"),
    [
        pytest.param("app-new", (), {"app_id": "clinic"}, "reverse domain name", id="app id"),
        pytest.param("app-new", (), {"app_id": "COM.example.CLINIC"}, "There is an app", id="app id taken"),
        pytest.param("channel-new", (APP_ID,), {"name": "a b"}, "name is 1 to 64", id="channel name"),
        pytest.param("channel-new", (APP_ID,), {"name": "production"}, "has a channel", id="channel taken"),
        pytest.param("channel-new", (APP_ID,), {"public": "on"}, "is the public channel", id="second public"),
        pytest.param("channel-new", (APP_ID,), {"platforms": ["electron"]}, "valid choice", id="platform"),
        pytest.param("release-new", (APP_ID, "production"), {}, "is live on this channel", id="live already"),
        pytest.param(
            "release-new", (APP_ID, "production"), {"version": "9.9.9"}, "valid choice", id="no bundle"
        ),
        pytest.param(
            "release-new",
            (APP_ID, "production"),
            {"rollout_percent": "101"},
            "less than or equal",
            id="share",
        ),
        pytest.param(
            "release-new",
            (APP_ID, "production"),
            {"native_min": "new"},
            "native version",
            id="native version",
        ),
    ],
)
def test_a_form_says_what_it_refuses_and_changes_nothing(
    production: Channel, browser: Client, page: str, where: tuple[str, ...], form: dict[str, Any], says: str
) -> None:
    complete: dict[str, dict[str, Any]] = {
        "app-new": {"app_id": "com.example.new", "name": "New", "platforms": ["ios"]},
        "channel-new": NEW_CHANNEL,
        "release-new": {"version": "1.0.0", "rollout_percent": "100"},
    }
    answer = browser.post(reverse(f"updates:{page}", args=where), complete[page] | form)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert (App.objects.count(), Channel.objects.count(), Release.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("share", ["", "-1", "100.5", "half"])
def test_a_share_that_is_none_leaves_the_rollout_alone(
    production: Channel, browser: Client, share: str
) -> None:
    partial = released(production, "1.1.0", rollout_bps=1000)
    where = reverse("updates:release-rollout", args=[APP_ID, partial.release_seq])
    page = browser.post(where, {"rollout_percent": share}, follow=True)
    assert "Give a share between 0 and 100 percent." in page.content.decode()
    partial.refresh_from_db()
    assert partial.rollout_bps == 1000


def test_a_release_for_some_is_not_told_to_be_for_all(production: Channel, browser: Client) -> None:
    bundle_made(production.app, "1.1.0")
    release_publish(channel=production, version="1.1.0", audience={"platforms": ["ios"]}, actor=SYSTEM)
    page = shown(browser, "channel", APP_ID, "production")
    assert "The devices it is for" in page
    assert "All other devices" in page
    assert "for some" in shown(browser, "app", APP_ID)


def test_a_confirmation_of_something_else_rolls_nothing_back(production: Channel, browser: Client) -> None:
    where = reverse("updates:channel-rollback", args=[APP_ID, "production"])
    stale = Channel.objects.get().decision_seq
    released(production, "1.1.0")
    page = browser.post(where, {"to": "", "decision_seq": stale})
    assert "The channel has changed since you looked." in page.content.decode()
    assert Release.objects.get(bundle__version="1.1.0").state == "live"


def test_a_member_never_heard_of_is_no_dead_link(production: Channel, browser: Client) -> None:
    channel_member_add(channel=production, device_id=PHONE, actor=SYSTEM)
    link = reverse("updates:device", args=[APP_ID, PHONE])
    page = shown(browser, "channel", APP_ID, "production")
    assert "not heard of yet" in page
    assert link not in page
    device_made(production.app)
    assert link in shown(browser, "channel", APP_ID, "production")


@pytest.mark.parametrize(
    ("told", "runs"),
    [
        pytest.param({}, "unknown", id="only events so far"),
        pytest.param({"version_at": clock.now()}, "built-in", id="the built-in bundle"),
        pytest.param({"version_at": clock.now(), "version": "1.0.0"}, "1.0.0", id="a bundle"),
    ],
)
def test_a_version_is_shown_if_it_was_told(
    production: Channel, browser: Client, told: dict[str, Any], runs: str
) -> None:
    device_made(production.app, **told)
    assert f'class="rc-mono">{runs}' in shown(browser, "devices", APP_ID)
    assert re.search(rf"<dt>Runs</dt><dd>(<\w[^>]*>)?{runs}", shown(browser, "device", APP_ID, PHONE))


@pytest.mark.parametrize("page", ["devices", "bundle-new"])
def test_a_page_names_the_console_as_it_is_reached(production: Channel, browser: Client, page: str) -> None:
    assert f"{settings.PUBLIC_URL}/" in shown(browser, page, APP_ID)


@pytest.mark.parametrize(
    ("page", "where"),
    [
        pytest.param("apps", (), id="apps"),
        pytest.param("app", (APP_ID,), id="app"),
        pytest.param("channel", (APP_ID, "production"), id="channel"),
        pytest.param("release", (APP_ID, 1), id="release"),
        pytest.param("bundle", (APP_ID, "1.0.0"), id="bundle"),
        pytest.param("devices", (APP_ID,), id="devices"),
        pytest.param("channel-rollback", (APP_ID, "production"), id="rollback"),
    ],
)
def test_a_page_asks_no_more_when_there_is_more(
    production: Channel, browser: Client, rita: User, page: str, where: tuple[object, ...]
) -> None:
    device_made(production.app)
    queries(browser, page, *where)  # the session's first page asks more
    before = queries(browser, page, *where)
    for name in ("beta", "staging"):
        released(channel_made(production.app, name, public=False), "1.0.0", publisher=rita)
        channel_made(app_made(f"com.example.{name}"))
        device_made(production.app, device_id=name)
        channel_member_add(channel=production, device_id=f"member-{name}", actor=SYSTEM)
    for version in ("1.1.0", "1.2.0"):
        bundle_made(production.app, version)
        released(production, version, publisher=rita)
    assert queries(browser, page, *where) == before
