"""What somebody sees who has just started the console."""

from playwright.sync_api import Page, expect

from tests.support.console import RunningConsole


def test_the_printed_set_up_link_opens(page: Page, console: RunningConsole) -> None:
    page.goto(console.setup_url)
    expect(page.get_by_label("Password", exact=False).first).to_be_visible()


def test_whoever_is_not_signed_in_is_asked_to(page: Page, console: RunningConsole) -> None:
    page.goto(f"{console.base_url}/console/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
