"""A person makes recovery codes in a browser: they are shown, copied and printed, once."""

import re

from playwright.sync_api import Page, expect

from tests.support.console import console_started
from tests.support.operator import PASSWORD, Operator, totp


def test_recovery_codes_are_made_copied_and_printed_once(page: Page) -> None:
    with console_started() as console, Operator(console.base_url) as operator:
        operator.set_up(console.setup_url)
        session = operator.http.cookies["sessionid"]
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": console.base_url}])
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=console.base_url)
        page.goto(f"{console.base_url}/console/")
        page.get_by_role("button", name=re.compile("ada@example.com")).click()
        page.get_by_role("link", name="Your sign-in").click()
        page.get_by_role("link", name="Make recovery codes").click()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("One-time code").fill(totp(operator.totp_secret, step=1))
        page.get_by_role("button", name="Make recovery codes").click()

        codes = page.get_by_test_id("recovery-codes").inner_text()
        assert len(codes.split()) == 10
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
        assert page.evaluate("navigator.clipboard.readText()").split() == codes.split()
        page.evaluate("window.print = () => { document.title = 'printed'; }")
        page.get_by_role("button", name="Print").click()
        expect(page).to_have_title("printed")

        page.get_by_role("link", name="I have kept them").click()
        expect(page.get_by_test_id("codes-left")).to_have_text("10")
        expect(page.get_by_text(codes.split()[0])).not_to_be_attached()
