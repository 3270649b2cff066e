"""A tester's way on a phone: invited, joined, a device with the beta on it, and back; nobody signs in."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.simulator.capgo import CapgoDevice
from tests.support.clinic import APP, Clinic
from tests.support.console import wait_until
from tests.support.soundness import findings, findings_on_every_screen

# Made at the host, as a tester's way begins with the link.
MAKE = f"""
import django; django.setup()
from compliance.ledger.domain.events import SYSTEM
from updates.models import App, StorePresence
from updates.services import channel_create
from updates.services.testers import group_link_make, tester_group_create
app = App.objects.get(pk="{APP}")
StorePresence.objects.update_or_create(app=app, defaults=dict(
    url_scheme="clinic", native_least="1.0", testflight_url="https://testflight.apple.com/join/abc",
    play_url="https://play.google.com/store/apps/details?id=clinic",
    privacy_contact="privacy@example.com", privacy_url="https://example.com/privacy"))
channels = [channel_create(app=app, name=name, public=False, self_assignable=False,
    platforms=["android", "ios"], actor=SYSTEM) for name in ("early", "nightly")]
group = tester_group_create(
    app=app, name="Nurses", channels=channels, may_switch=True, actor=SYSTEM, person=None)
for cap in (50, 1):
    print(group_link_make(group=group, cap=cap, actor=SYSTEM, person=None).link)
"""


@pytest.fixture(scope="session")
def links(clinic: Clinic) -> list[str]:
    """The links of a group's invites: one with room, and one for a single person."""
    made = clinic.console.python("-c", MAKE)
    assert made.returncode == 0, made.stderr
    clinic.publish("2.0.0-beta.1", channel="early")
    return made.stdout.split()


@pytest.fixture
def phone(clinic: Clinic) -> Iterator[CapgoDevice]:
    with httpx.Client(base_url=clinic.console.base_url, timeout=30) as http:
        yield CapgoDevice(http, APP)


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill("Tess")
    page.get_by_label("I have read what is kept").check()
    page.get_by_role("button", name="Join the beta").click()


def test_a_tester_joins_on_a_phone_and_gets_the_beta(
    page: Page, links: list[str], phone: CapgoDevice
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(links[0])
    assert findings_on_every_screen(page) == []
    join(page, links[0])
    expect(page.get_by_role("heading", name="Connect a device")).to_be_visible()
    assert findings_on_every_screen(page) == []
    page.get_by_role("button", name="Get a code").click()
    code = page.get_by_test_id("join-code").inner_text()
    assert findings_on_every_screen(page) == []
    expect(page.get_by_role("link", name="Open Clinic")).to_have_attribute(
        "href", f"clinic://join?code={code}"
    )
    sent = phone.http.post("/device/capgo/channel_self", json=phone.info() | {"channel": code})
    assert sent.json()["unset"] is True
    wait_until(lambda: phone.check().get("version") == "2.0.0-beta.1", "the beta is offered")
    phone.update()
    page.get_by_role("link", name="Back to your page").click()
    # It asks again by itself, and what the phone reported comes by the worker, that other lanes hold up.
    expect(page.get_by_text("The beta has arrived")).to_be_visible(timeout=300_000)
    assert findings_on_every_screen(page) == []
    page.get_by_role("button", name="Back to the normal version").click()
    expect(page.get_by_text("No device has joined yet.")).to_be_visible()
    # One phone in four is among those whom the rollout of 1.1.0 reaches.
    normal = {"1.0.0", "1.1.0"}
    wait_until(lambda: phone.check().get("version") in normal, "the normal version is offered")


def test_a_code_is_scanned_from_a_large_screen(page: Page, links: list[str], context: BrowserContext) -> None:
    join(page, links[0])
    page.get_by_role("button", name="Get a code").click()
    expect(page.get_by_alt_text("QR code")).to_be_visible()
    code = page.get_by_test_id("join-code").inner_text()
    base = links[0].partition("/beta/")[0]
    scanned = context.new_page()  # a phone without the app
    asked: list[str] = []
    scanned.on("request", lambda request: asked.append(request.url + str(request.headers)))
    scanned.goto(f"{base}/beta/open/{APP}/#{code}")
    expect(scanned.locator("[data-code]")).to_have_text(code)
    assert findings_on_every_screen(scanned) == []
    assert not any(code in each for each in asked)  # the code stays in the browser
    assert code not in scanned.url


def test_leaving_asks_first(page: Page, links: list[str]) -> None:
    join(page, links[0])
    page.get_by_role("link", name="Delete my data").click()
    assert findings_on_every_screen(page) == []
    page.get_by_role("button", name="Leave, and delete my data").click()
    expect(page.get_by_text("Your data will be deleted within a day")).to_be_visible()
    assert findings_on_every_screen(page) == []


def test_a_full_beta_and_a_link_that_is_over_are_proper_pages(
    context: BrowserContext, links: list[str], clinic: Clinic
) -> None:
    page = context.new_page()  # without the strict listener: Chromium calls any 4xx an error
    join(page, links[1])
    assert findings(page, page.goto(links[1]), status=409) == []
    expect(page.get_by_role("heading", name="This beta is full")).to_be_visible()
    assert findings(page, page.goto(clinic.url("/beta/me/never-made/")), status=410) == []
    assert findings(page, page.goto(clinic.url(f"/beta/lost/{APP}/"))) == []


def test_no_request_of_a_beta_page_tells_its_address(page: Page, links: list[str]) -> None:
    """Neither in a Referer to our own files, which a proxy in front may log, nor by a link to a store."""
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.headers.get("referer", "")))
    join(page, links[0])
    page.get_by_role("button", name="Get a code").click()
    expect(page.get_by_test_id("join-code")).to_be_visible()
    assert heard
    assert not any("/beta/" in referer for referer in heard)
