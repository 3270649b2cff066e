"""Two people in real browsers: one publishes, another looks at it on a phone and signs it off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.bundle import build
from tests.support.clinic import APP, Clinic
from tests.support.operator import PASSWORD
from tests.support.soundness import findings_on_every_screen
from tests.support.virtual_key import virtual_key

CHANNEL = f"/console/apps/{APP}/channels/signed/"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Somebody else's browser, as narrow as a phone's."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    with virtual_key(page):
        yield page
    context.close()


def approver_comes_in(phone: Page, clinic: Clinic) -> None:
    """Take an invite, with the phone itself as the only authenticator."""
    phone.goto(clinic.operator.invite_made(name="Ansel", email="ansel@example.com", roles=["approver"]))
    phone.get_by_label("New password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Next").click()
    phone.get_by_label("Name").fill("Phone")
    phone.get_by_role("button", name="Add the security key").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Start")


def test_a_release_goes_live_by_somebody_elses_sign_off(inside: Page, phone: Page, clinic: Clinic) -> None:
    approver_comes_in(phone, clinic)
    clinic.operator.submit(f"/console/apps/{APP}/channels/new/", name="signed", platforms=["android", "ios"])
    clinic.publish("1.0.0", channel="signed")
    clinic.operator.submit(f"{CHANNEL}required-sign-offs/", approver="1", anyone="0")
    clinic.operator.submit(
        f"/console/apps/{APP}/bundles/upload/",
        files={"file": ("www.zip", build("1.3.0"), "application/zip")},
        version="1.3.0",
    )
    inside.goto(clinic.url(f"{CHANNEL}publish/?version=1.3.0"))
    inside.get_by_role("button", name="Ask for sign-offs").click()
    expect(inside.get_by_text("awaiting sign-off").first).to_be_visible()

    phone.goto(clinic.url("/console/"))
    phone.get_by_role("link", name="1.3.0 on signed of Clinic").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign off 1.3.0 on signed")
    expect(phone.get_by_text("Yours is the last one: it goes live at once")).to_be_visible()
    assert findings_on_every_screen(phone) == []
    phone.get_by_role("link", name="Compare in full").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("1.3.0 beside 1.0.0")
    assert findings_on_every_screen(phone) == []
    phone.go_back()
    phone.get_by_label("This release keeps these rules.").check()
    phone.get_by_role("button", name="Confirm with a security key").click()
    expect(phone.get_by_text("You have signed it off.")).to_be_visible()

    inside.reload()
    expect(inside.get_by_text("live", exact=True).first).to_be_visible()
