"""The first administrator sets the console up in a browser, from the printed link to the start page."""

from playwright.sync_api import Page, expect

from tests.support.console import console_first_started
from tests.support.operator import PASSWORD, totp


def test_the_first_administrator_comes_in_by_the_printed_link(page: Page) -> None:
    with console_first_started() as console:
        page.goto(console.setup_url)
        secret = page.get_by_test_id("totp-secret").inner_text().strip()
        page.get_by_label("Your name").fill("Ada Lovelace")
        page.get_by_label("E-mail").fill("ada@example.com")
        page.get_by_label("Password", exact=True).fill("too short")
        page.get_by_label("Regulated").check()
        page.get_by_label("One-time code").fill(totp(secret))
        page.get_by_role("button", name="Set up and sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("at least 15 characters")

        # What was typed is kept, except for secrets.
        expect(page.get_by_label("Regulated")).to_be_checked()
        expect(page.get_by_label("Password", exact=True)).to_have_value("")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("One-time code").fill(totp(secret))
        page.get_by_role("button", name="Set up and sign in").click()
        expect(page.get_by_role("link", name="Create your first app")).to_be_visible()

        page.get_by_role("link", name="People").click()
        page.get_by_role("link", name="Ada Lovelace").click()
        expect(page.get_by_text("Europe/Berlin")).to_be_visible()  # the browser's own time zone
