"""The devices on which a release failed, and letting them try it again."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import User
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import app_made, channel_made, released
from updates.models import Device, DeviceEvent, InstallOutcome, Release
from updates.selectors.failures import release_failures

PHONE = "8f0f2f4e-0000-4000-8000-000000000001"


@pytest.fixture
def release(db: None) -> Release:
    """A release that took itself back on two phones, couldn't be fetched by one, and runs on another."""
    release = released(channel_made(app_made()), "1.1.0")
    now = clock.now()
    for number, reason in enumerate(("update_fail", "update_fail", "checksum_fail", ""), start=1):
        device_id = f"{PHONE[:-1]}{number}"
        outcome_made(release, device_id, reason)
        Device.objects.create(
            app=release.app,
            device_id=device_id,
            platform="android",
            os_version="15",
            first_seen_at=now,
            last_seen_at=now,
        )
    return release


def outcome_made(release: Release, device_id: str, reason: str, channel_name: str = "production") -> None:
    InstallOutcome.objects.create(
        app=release.app,
        device_id=device_id,
        version="1.1.0",
        channel_name=channel_name,
        outcome="failed" if reason else "installed",
        reason=reason,
        decided_at=clock.now(),
    )


@pytest.fixture
def manager(rita: User) -> Client:
    return signed_in(rita)


def page_of(release: Release) -> str:
    return reverse("updates:release-failures", args=[release.app_id, release.release_seq])


def told(client: Client, release: Release) -> str:
    return " ".join(client.get(page_of(release)).content.decode().split())


def allow(client: Client, release: Release, **form: str) -> str:
    answer: Any = client.post(f"{page_of(release)}allow/", form, follow=True)
    return str(answer.content.decode())


def kept(release: Release) -> int:
    return release_failures(release=release).kept


def test_a_release_says_on_how_many_devices_it_failed_and_why(release: Release) -> None:
    failures = release_failures(release=release)
    assert [(reason.action, reason.devices) for reason in failures.reasons] == [
        ("update_fail", 2),
        ("checksum_fail", 1),
    ]
    assert (failures.devices, failures.kept) == (3, 2)
    part = render_to_string(
        "updates/part_release_failures.html", {"app": release.app, "release": release, "failures": failures}
    )
    assert "2 devices</strong> took it back" in part
    assert page_of(release) in part


def test_a_page_lists_them_with_their_reasons(release: Release, manager: Client) -> None:
    page = told(manager, release)
    assert page.count("It started, didn&#x27;t say that it works, and was taken back") == 3  # and the bar
    assert page.count(">not offered again<") == 2
    assert page.count("tries again by itself") == 1
    assert page.count("Android 15") == 3
    assert "Let all 2 devices try again" in page


def test_a_page_tells_what_the_app_said_before_it_was_taken_back(release: Release, manager: Client) -> None:
    now = clock.now()
    for number, (action, detail) in enumerate((
        ("app_launch_start", {"message": "not this"}),
        ("webview_javascript_error", {"message": "ward is undefined", "line": "7"}),
    )):
        DeviceEvent.objects.create(
            app=release.app,
            dedupe_key=str(number) * 64,
            device_id=PHONE,
            action=action,
            version="1.1.0",
            detail=detail,
            happened_at=now,
            received_at=now,
        )
    page = told(manager, release)
    assert "webview_javascript_error: ward is undefined" in page
    assert "not this" not in page


def test_one_device_is_let_try_again(release: Release, manager: Client) -> None:
    assert "The device may be offered 1.1.0 again." in allow(manager, release, device_id=PHONE)
    assert kept(release) == 1
    assert "may try again" in told(manager, release)


def test_all_of_them_are_let_try_again(release: Release, manager: Client) -> None:
    assert "2 devices may be offered 1.1.0 again." in allow(manager, release)
    assert kept(release) == 0
    assert "No device is kept from this version any more." in allow(manager, release)


def test_those_of_another_channel_are_not_let_try_again_with_them(release: Release, manager: Client) -> None:
    outcome_made(release, "elsewhere", "update_fail", channel_name="beta")
    allow(manager, release)
    assert InstallOutcome.objects.get(device_id="elsewhere").allowed_at is None


def test_an_id_that_no_device_has_is_refused(release: Release, manager: Client) -> None:
    assert "No device can have this id." in allow(manager, release, device_id="x" * 65)
    assert kept(release) == 2


def test_who_may_only_look_is_offered_nothing_to_do(release: Release, audra: User) -> None:
    auditor = signed_in(audra)
    assert "try again</button>" not in told(auditor, release)
    assert auditor.post(f"{page_of(release)}allow/").status_code == 403
    assert kept(release) == 2


def test_a_release_that_failed_nowhere_says_so(manager: Client, db: None) -> None:
    release = released(channel_made(app_made()), "1.1.0")
    assert "It failed nowhere" in told(manager, release)


def test_devices_go_on_on_the_next_page(
    release: Release, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("updates.views.failures.PAGE_SIZE", 2)
    assert "1 to 2 of 3" in told(manager, release)
