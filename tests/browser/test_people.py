"""People in a real browser: invited, set up, signed in, shut out."""

from playwright.sync_api import Browser, Page, expect

from tests.support.clinic import Clinic
from tests.support.operator import totp

CHOSEN = "seven quiet lighthouse keepers"


def test_somebody_invited_chooses_a_password_enrols_and_is_in(
    inside: Page, clinic: Clinic, browser: Browser
) -> None:
    inside.goto(clinic.url("/console/people/invite/"))
    inside.get_by_label("Name").fill("Nadia Newcomer")
    inside.get_by_label("E-mail").fill("nadia@example.com")
    inside.get_by_label("Auditor").check()
    inside.get_by_role("button", name="Next").click()
    inside.get_by_label("One-time code").fill(clinic.operator.next_code())
    inside.get_by_role("button", name="Invite").click()
    link = inside.get_by_test_id("invite-link").locator("[data-copy]").get_attribute("data-copy")
    assert link is not None

    own = browser.new_page()
    own.goto(link)
    field = own.get_by_label("New password", exact=True)
    field.fill("nadia@example.com")
    own.get_by_role("button", name="Next").click()
    expect(own.get_by_role("alert")).to_contain_text("easy to guess")

    field.fill(CHOSEN)
    own.get_by_role("button", name="Show new password").press("Enter")
    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_value(CHOSEN)
    own.get_by_role("button", name="Show new password").press("Enter")
    expect(field).to_have_attribute("type", "password")
    own.get_by_role("button", name="Next").click()

    secret = own.get_by_test_id("totp-secret").inner_text().strip()
    own.get_by_label("One-time code").fill(totp(secret))
    own.get_by_role("button", name="Set up and sign in").click()
    expect(own.get_by_role("heading", name="Start")).to_be_visible()
    expect(own.get_by_role("button", name="Nadia Newcomer")).to_be_visible()
    own.context.close()


def test_somebody_shut_out_is_out_in_their_browser_and_comes_in_no_more(page: Page, clinic: Clinic) -> None:
    who = clinic.person_made("Dorian Departed", "dorian@example.com", "auditor")
    clinic.sign_in(page, who)
    expect(page.get_by_role("heading", name="Start")).to_be_visible()

    clinic.operator.confirm(f"/console/people/{clinic.operator.person_id(who.email)}/deactivate/")
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password", exact=True).fill(who.password)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_have_text("E-mail or password didn't match.")
