"""Two key custodians with browsers and security keys: one asks, the other approves, and it happens once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests.support.clinic import APP
from tests.support.console import console_started
from tests.support.operator import PASSWORD, Operator
from tests.support.soundness import findings_on_every_screen
from tests.support.virtual_key import virtual_key

REASON = "The laptop it was made on is missing."
ASKER, OTHER = "Kai Keys", "Kim Keys"


@pytest.fixture(scope="module")
def team() -> Iterator[Operator]:
    """The administrator of a console that began as a team's, with an app on it."""
    with console_started() as console, Operator(console.base_url) as operator:
        operator.set_up(console.setup_url, preset="team")
        operator.submit("/console/apps/new/", app_id=APP, name="Clinic", platforms=["android", "ios"])
        yield operator


@contextmanager
def custodian(browser: Browser, team: Operator, name: str) -> Iterator[Page]:
    """Somebody who came in by an invite with a security key, and signed in with nothing else since."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    email = f"{name.replace(' ', '.').lower()}@example.com"
    link = team.invite_made(name=name, email=email, roles=[])
    with virtual_key(page):
        page.goto(link)
        page.get_by_label("New password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Next").click()
        page.get_by_label("Name").fill("Blue key")
        page.get_by_role("button", name="Add the security key").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Start")

        # The first two are appointed by the administrator alone, on record and for review.
        team.confirm(f"/console/people/{team.person_id(email)}/access/roles/key_custodian/give/")
        page.get_by_role("button", name=name).click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Start")
        yield page
    context.close()


def approvals_entry(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Main").get_by_role("link", name="Approvals")


def key_that_signs(page: Page) -> None:
    page.get_by_role("link", name="Keys").click()
    page.get_by_role("link", name=APP).click()
    release = page.get_by_role("region", name="Release tokens")
    release.get_by_role("row").filter(has_text="signs").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Key ")


def revocation_asked_for(page: Page) -> str:
    """Ask for the revocation of the key that signs; returns the address of its page."""
    key_that_signs(page)
    key = page.url
    page.get_by_role("link", name="Revoke").click()
    expect(page.get_by_text("A second person is needed.")).to_be_visible()
    begins = page.get_by_label("the beginning of the key's id")
    page.get_by_label("Why?").fill(REASON)
    begins.fill(page.locator(".rc-mono").first.inner_text()[:8])
    page.get_by_role("button", name="Confirm with a security key").click()
    expect(page.get_by_text("Nothing is changed until somebody else approves it.")).to_be_visible()
    return key


def approved_from_the_inbox(page: Page) -> Request:
    """Find what waits, and approve it; returns what the browser sent for that."""
    page.get_by_role("link", name="Start").click()
    # Beside the request: the appointment of the other custodian, which somebody else has to look at.
    expect(approvals_entry(page)).to_contain_text("2 waiting")
    approvals_entry(page).click()
    assert findings_on_every_screen(page) == []
    waiting = page.get_by_role("region", name="For you to decide")
    expect(waiting).to_contain_text(f"{ASKER}: {REASON}")
    waiting.get_by_role("link").click()
    expect(page.get_by_role("heading", name="What will happen if it's approved now")).to_be_visible()
    assert findings_on_every_screen(page) == []
    with page.expect_request(lambda request: request.method == "POST" and request.url == page.url) as sent:
        page.get_by_role("button", name="Confirm with a security key").click()
    expect(page.get_by_text("Approved and done.")).to_be_visible()
    expect(approvals_entry(page)).to_contain_text("1 waiting")
    return sent.value


def acts_on_record(team: Operator, action: str) -> list[str]:
    """Who did this, as the audit log lists it."""
    page = team.http.get("/console/compliance/log/", params={"what": action}).text
    return re.findall(rf'rc-log-who"><a[^>]*>({ASKER}|{OTHER})<', page)


def test_what_one_custodian_asks_for_another_approves_and_it_happens_once(
    browser: Browser, team: Operator
) -> None:
    with custodian(browser, team, ASKER) as asker, custodian(browser, team, OTHER) as other:
        key = revocation_asked_for(asker)
        expect(asker.get_by_text(f"One of these people can approve it: {OTHER}.")).to_be_visible()
        expect(asker.get_by_role("button", name="Confirm with a security key")).to_have_count(0)
        other.goto(key)
        expect(other.get_by_role("link", name="Revoke")).to_be_visible()

        sent = approved_from_the_inbox(other)
        again = other.request.post(sent.url, headers=sent.headers, data=sent.post_data_buffer)
        assert "Approved and done." not in again.text()

        asker.goto(key)
        expect(asker.get_by_role("link", name="Revoke")).to_have_count(0)
        assert acts_on_record(team, "signing:key:revoke") == [ASKER]
        assert acts_on_record(team, "accounts:approval:request") == [ASKER]
        assert acts_on_record(team, "accounts:approval:give") == [OTHER]
