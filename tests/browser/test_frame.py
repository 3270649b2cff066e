"""What surrounds every page answers to mouse and keyboard: navigation, colours, menus, filters."""

from playwright.sync_api import Page, ViewportSize, expect

from tests.support.clinic import Clinic

PHONE: ViewportSize = {"width": 390, "height": 844}


def test_colours_follow_the_system_until_one_is_chosen_and_are_kept(inside: Page, clinic: Clinic) -> None:
    inside.emulate_media(color_scheme="dark")
    inside.goto(clinic.url("/console/"))
    expect(inside.locator("html")).to_have_class("dark")

    inside.get_by_role("button", name="Ada Lovelace").click()
    inside.get_by_role("button", name="Light").click()
    expect(inside.locator("html")).not_to_have_class("dark")
    expect(inside.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")

    inside.goto(clinic.url("/console/apps/"))
    expect(inside.locator("html")).not_to_have_class("dark")


def test_the_side_bar_folds_and_stays_folded(inside: Page, clinic: Clinic) -> None:
    inside.goto(clinic.url("/console/"))
    inside.get_by_role("button", name="Fold navigation").click()
    expect(inside.get_by_role("navigation", name="Main")).to_be_hidden()

    inside.goto(clinic.url("/console/apps/"))
    expect(inside.get_by_role("navigation", name="Main")).to_be_hidden()
    inside.get_by_role("button", name="Fold navigation").click()
    expect(inside.get_by_role("navigation", name="Main")).to_be_visible()


def test_on_a_phone_the_navigation_opens_by_keyboard_and_closes_by_escape(
    inside: Page, clinic: Clinic
) -> None:
    inside.set_viewport_size(PHONE)
    inside.goto(clinic.url("/console/"))
    expect(inside.get_by_role("navigation", name="Main")).to_be_hidden()

    inside.get_by_role("button", name="Show navigation").press("Enter")
    expect(inside.get_by_role("link", name="Apps")).to_be_visible()
    inside.keyboard.press("Escape")
    expect(inside.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(inside.get_by_role("button", name="Show navigation")).to_be_focused()


def test_the_menu_of_the_person_closes_by_escape_and_by_a_click_elsewhere(
    inside: Page, clinic: Clinic
) -> None:
    inside.goto(clinic.url("/console/"))
    sign_out = inside.get_by_role("button", name="Sign out")
    inside.get_by_role("button", name="Ada Lovelace").press("Enter")
    expect(sign_out).to_be_visible()
    inside.keyboard.press("Escape")
    expect(sign_out).to_be_hidden()

    inside.get_by_role("button", name="Ada Lovelace").click()
    inside.get_by_role("heading", name="Start").click()
    expect(sign_out).to_be_hidden()


def test_the_audit_log_is_searched_and_filtered(inside: Page, clinic: Clinic) -> None:
    inside.goto(clinic.url("/console/compliance/log/"))
    inside.keyboard.press("/")
    expect(inside.get_by_label("Who")).to_be_focused()

    inside.keyboard.type("Ada")
    inside.get_by_label("Did what").select_option("updates:app:create")
    inside.get_by_label("Did what").press("Tab")
    inside.get_by_role("button", name="Search").press("Enter")
    expect(inside.get_by_role("listitem").filter(has_text="who created an app")).to_be_visible()
    expect(inside.get_by_role("link", name="created an app", exact=True)).to_be_visible()
    expect(inside.get_by_role("link", name="set up the console", exact=True)).to_have_count(0)

    inside.get_by_role("link", name="created an app", exact=True).press("Enter")
    with inside.expect_download() as download:
        inside.get_by_role("button", name="Prove this entry").press("Enter")
    assert download.value.suggested_filename.endswith(".tlog-proof")


def test_a_person_who_cannot_see_a_part_is_not_offered_it(page: Page, clinic: Clinic) -> None:
    who = clinic.person_made("Olga Observer", "olga@example.com", "app_developer")
    clinic.sign_in(page, who)
    expect(page.get_by_role("link", name="Apps", exact=True)).to_be_visible()
    for hidden in ("Keys", "Audit log", "People"):
        expect(page.get_by_role("link", name=hidden)).to_have_count(0)
    page.get_by_role("button", name="Olga Observer").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
