"""Two custodians with security keys in real browsers: one asks for a key's import, the other approves it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_security_keys import pem_made
from tests.support.console import console_started
from tests.support.operator import PASSWORD, Operator
from tests.support.virtual_key import virtual_key

APP = "com.example.clinic"


@pytest.fixture
def ada() -> Iterator[Operator]:
    """The administrator of a console of its own."""
    with console_started() as console, Operator(console.base_url) as operator:
        operator.set_up(console.setup_url)
        operator.submit("/console/apps/new/", app_id=APP, name="Clinic", platforms=["android"])
        yield operator


@pytest.fixture
def other_page(browser: Browser) -> Iterator[Page]:
    """Somebody else's browser, as narrow as a phone's."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def come_in(page: Page, ada: Operator, name: str) -> None:
    """Become a custodian by invite, with a security key as the only authenticator."""
    email = f"{name.lower()}@example.com"
    page.goto(ada.invite_made(name=name, email=email, roles=["key_custodian"]))
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add the security key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start")


def test_a_key_is_imported_by_two_security_keys(page: Page, other_page: Page, ada: Operator) -> None:
    with virtual_key(page), virtual_key(other_page):
        come_in(page, ada, "Kai")
        come_in(other_page, ada, "Kim")
        ada.confirm("/console/policy/change/?two_people=signing:key:import&custodian_security_key=on")

        page.goto(f"{ada.base_url}/console/keys/{APP}/import/")
        expect(page.get_by_text("A second person is needed.")).to_be_visible()
        page.get_by_label("Private key").fill(pem_made())
        page.get_by_label("Why?").fill("It signed for years.")
        page.get_by_role("button", name="Confirm with a security key").click()
        expect(page.get_by_text("It's asked for.")).to_be_visible()

        other_page.goto(page.url)
        expect(other_page.get_by_text("It signed for years.")).to_be_visible()
        other_page.get_by_role("button", name="Confirm with a security key").click()
        expect(other_page.get_by_text("Approved and done. The key is")).to_be_visible()
