"""From an empty app to its first device: the page always names the next step."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import app_made, bundle_made, channel_made, released, zip_of
from updates.models import App, Device

APP_PAGE = "/console/apps/com.example.clinic/"
UPLOAD = f"{APP_PAGE}bundles/upload/"


@pytest.fixture
def app(db: None) -> App:
    return app_made()


@pytest.fixture
def manager(rita: User) -> Client:
    return signed_in(rita)


def device_asked(app: App) -> None:
    now = clock.now()
    Device.objects.create(app=app, device_id="one", first_seen_at=now, last_seen_at=now)


def test_each_step_leads_to_the_next_until_a_device_asks(app: App, manager: Client) -> None:
    steps: list[tuple[str, Callable[[], object]]] = [
        ("Create a channel", lambda: channel_made(app)),
        ("Upload a bundle", lambda: bundle_made(app, "1.0.0")),
        ("Publish it on a channel", lambda: released(app.channels.get(), "1.0.0")),
        ("Let the app ask this console", lambda: device_asked(app)),
    ]
    for name, take in steps:
        page = manager.get(APP_PAGE).content.decode()
        current = page.split('aria-current="step">')[1]
        assert current.split("<span>")[1].startswith(name)
        take()
    assert "First steps" not in manager.get(APP_PAGE).content.decode()


def test_who_may_not_take_a_step_reads_who_may(app: App, audra: User) -> None:
    page = signed_in(audra).get(APP_PAGE).content.decode()
    assert "A release manager or an administrator can create one." in page
    assert 'channels/new/"' not in page


@pytest.mark.parametrize("version", ["v1", "1.0.0"], ids=["no semantic version", "taken"])
def test_what_is_wrong_with_the_version_is_said_at_the_version(
    version: str, app: App, manager: Client
) -> None:
    bundle_made(app, "1.0.0")
    other = SimpleUploadedFile("www.zip", zip_of("other content"))
    answer = manager.post(UPLOAD, {"version": version, "file": other})
    assert list(answer.context["form"].errors) == ["version"]


def test_a_scripted_upload_is_told_where_to_go(app: App, manager: Client) -> None:
    zip_file = SimpleUploadedFile("www.zip", zip_of("1.0.0"))
    answer = manager.post(UPLOAD, {"version": "1.0.0", "file": zip_file}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, f"{APP_PAGE}bundles/1.0.0/")
    assert b"passed every check" in manager.get(answer["HX-Redirect"]).content


def test_a_private_channel_without_members_says_that_nobody_gets_it(app: App, manager: Client) -> None:
    channel_made(app, "beta", public=False)
    assert b"No device belongs here yet" in manager.get(f"{APP_PAGE}channels/beta/").content
