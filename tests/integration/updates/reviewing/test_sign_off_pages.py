"""The page of a sign-off, and where it's told that one waits."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from releaseconsole.kernel import clock
from tests.integration.updates.reviewing.conftest import awaiting, needs
from tests.support.people import code_of, signed_in
from tests.support.shipping import build_made, bundle_made, released
from tests.support.zip_forge import Forged
from updates.models import Channel, Release
from updates.selectors.publish_checks import findings_of
from updates.services import release_change, release_draft, release_submit


@pytest.fixture
def release(production: Channel, rita: User) -> Release:
    """A release with everything that an approver has to look at."""
    released(production, "1.0.0")
    needs(production, approver=1)
    build_made(version="2.0.0", plugins={"@capacitor/camera": "6.0.0"})
    build_made(version="1.9.0")
    packages = {"@capacitor/camera": "6.0.0"}
    bundle = bundle_made(
        production.app, "1.1.0", Forged("js/new.js", b"AKIA" + b"IOSFODNN7EXAMPLE"), native_packages=packages
    )
    assert bundle.findings
    plan = [{"bps": 100, "soak_minutes": 60, "min_success_bps": 9900, "min_devices": 20}, {"bps": 10_000}]
    draft = release_draft(
        channel=production,
        version="1.1.0",
        actor=rita.actor,
        author=rita,
        plan=plan,
        notes="Sends letters.",
    )
    answers = {finding.key: "A key of the test account." for finding in findings_of(draft)}
    changed = release_change(release=draft, actor=rita.actor, changer=rita, check_answers=answers)
    return release_submit(release=changed, actor=rita.actor, submitter=rita)


def page_of(release: Release) -> str:
    return reverse("updates:sign-off", args=[release.app_id, release.release_seq])


def read(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def sent(browser: Client, release: Release, user: User, **changed: str) -> Any:
    """Send the form as the page shows it."""
    page = read(browser, page_of(release))
    found = re.search(r'name="digest" value="(\w{64})"', page)
    assert found is not None
    fields = {"digest": found[1], "attests": "on", "comment": "", "code": code_of(user)} | changed
    return browser.post(page_of(release), {name: value for name, value in fields.items() if value})


def test_a_time_that_is_over_is_not_told_as_one_to_come(production: Channel, rita: User, ansel: User) -> None:
    needs(production, approver=1)
    at = clock.now() + timedelta(minutes=30)  # an idle session lives longer
    waiting = awaiting(production, rita, scheduled_at=at, scheduled_zone="UTC")
    browser = signed_in(ansel)
    assert "at the time it is scheduled for" in read(browser, page_of(waiting))
    with time_machine.travel(at, tick=False):
        assert "it goes live at once" in read(browser, page_of(waiting))


def test_the_page_shows_all_that_is_signed(release: Release, ansel: User) -> None:
    page = read(signed_in(ansel), page_of(release))
    for told in (
        "Sign off 1.1.0 on production",
        "by Rita",
        "Sends letters.",
        "for at least 1 hour",
        "js/new.js",
        "an AWS access key",
        "A key of the test account.",
        "Android 1.9.0",
        "@capacitor/camera 6.0.0",
        "Still missing: 1 by approver",
        "Ansel may sign; it waits on their Approvals page.",
        "App Review Guidelines",
        "Device and Network Abuse",
        "Yours is the last one: it goes live at once, for 0 of the channel&#x27;s 0 devices.",
    ):
        assert told in page, told


def test_a_sign_off_by_the_form_lets_it_go_live(release: Release, ansel: User) -> None:
    answer = sent(signed_in(ansel), release, ansel, comment="Fine by me.")
    assert answer.headers["Location"].endswith(f"/releases/{release.release_seq}/")
    release.refresh_from_db()
    assert release.state == "live"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"attests": ""}, "Confirm that it does, or reject the release."),
        ({"code": "000000"}, "The code didn&#x27;t match."),
        ({"code": ""}, "Enter a code, or confirm with a security key."),
        ({"digest": "0" * 64}, "What you confirmed isn&#x27;t what would be done now"),
    ],
    ids=["not attested", "wrong code", "no code", "of something else"],
)
def test_a_form_that_confirms_nothing_signs_nothing(
    changed: dict[str, str], says: str, release: Release, ansel: User
) -> None:
    answer = sent(signed_in(ansel), release, ansel, **changed)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    release.refresh_from_db()
    assert release.state == "awaiting"


def test_a_rejection_by_the_form_makes_it_a_draft(release: Release, ansel: User) -> None:
    address = reverse("updates:sign-off-reject", args=[release.app_id, release.release_seq])
    browser = signed_in(ansel)
    assert browser.post(address, {"reject-comment": ""}).headers["Location"] == page_of(release)
    browser.post(address, {"reject-comment": "Which letters?"})
    release.refresh_from_db()
    assert (release.state, release.state_reason) == ("draft", "Rejected: Which letters?")
    assert "It doesn&#x27;t wait for sign-offs." in read(browser, page_of(release))


def test_who_could_sign_for_several_roles_chooses(release: Release, ansel: User) -> None:
    needs(release.channel, anyone=1)
    browser = signed_in(ansel)
    assert "After yours, 1 more sign-off is missing." in read(browser, page_of(release))
    chosen = [
        re.findall(r'aria-current="true" href="\?role=(\w*)"', read(browser, f"{page_of(release)}{asked}"))
        for asked in ("", "?role=", "?role=auditor")
    ]
    assert chosen == [["approver"], [""], ["approver"]]


def test_what_waits_is_told_in_the_inbox_and_on_the_start_page(release: Release, ansel: User) -> None:
    browser = signed_in(ansel)
    for address in (reverse("accounts:approvals"), "/console/"):
        page = read(browser, address)
        assert page_of(release) in page
        assert "1.1.0 on production of Clinic" in page
    assert re.search(r"Approvals.{0,400}?>\s*1\s*<", read(browser, "/console/"))
    sent(browser, release, ansel)
    assert page_of(release) not in read(browser, reverse("accounts:approvals"))


def test_nobody_else_is_told(release: Release, rita: User, audra: User) -> None:
    for user in (rita, audra):
        assert page_of(release) not in read(signed_in(user), reverse("accounts:approvals"))


def test_the_first_release_of_a_channel_is_compared_with_nothing(
    production: Channel, rita: User, ansel: User
) -> None:
    needs(production, approver=1)
    page = read(signed_in(ansel), page_of(awaiting(production, rita)))
    assert "there is nothing to compare it with" in page
    assert "No native builds are registered" in page
    assert "Nothing was found" in page
