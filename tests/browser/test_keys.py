"""What a key custodian does on the pages of keys, with a real browser."""

from playwright.sync_api import Page, expect

from tests.support.clinic import APP, Clinic


def open_active_key(inside: Page, clinic: Clinic) -> None:
    inside.goto(clinic.url("/console/keys/"))
    inside.get_by_role("link", name=APP).click()
    release = inside.get_by_role("region", name="Release tokens")
    row = release.get_by_role("row").filter(has_text="signs")
    row.get_by_role("link").first.click()
    expect(inside.get_by_role("heading", level=1)).to_contain_text("Key ")


def test_key_id_and_public_half_are_copied(inside: Page, clinic: Clinic) -> None:
    inside.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_active_key(inside, clinic)
    inside.get_by_role("button", name="Copy thumbprint").click()
    expect(inside.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    kid = inside.evaluate("navigator.clipboard.readText()")
    assert len(kid) == 43
    inside.get_by_role("button", name="Copy JWK").click()
    expect(inside.get_by_role("status").filter(has_text="Copied")).to_have_count(2)
    assert inside.evaluate("navigator.clipboard.readText().then((text) => JSON.parse(text).kid)") == kid


def test_a_rotation_is_confirmed_with_the_keyboard_alone(inside: Page, clinic: Clinic) -> None:
    open_active_key(inside, clinic)
    inside.get_by_role("link", name="Rotate now").focus()
    inside.keyboard.press("Enter")
    expect(inside.get_by_role("heading", level=1)).to_have_text("Rotate this key?")
    expect(inside.get_by_text("nobody's token is refused")).to_be_visible()
    inside.get_by_label("One-time code").focus()
    inside.keyboard.type(clinic.operator.next_code())
    inside.keyboard.press("Enter")
    expect(inside.get_by_text("The next key takes over as soon as every client can have it.")).to_be_visible()


def test_a_claims_value_is_handed_on_beside_the_address(inside: Page, clinic: Clinic) -> None:
    inside.goto(clinic.url(f"/console/keys/{APP}/profile/"))
    form = inside.locator("details").filter(has_text="Define a claim")
    form.get_by_label("Name").fill("ward")
    form.get_by_label("One value for every token").fill("north & south ")
    form.get_by_role("button", name="See what it does").click()
    expect(inside.get_by_role("heading", level=1)).to_have_text("Define the claim ward?")
    expect(inside).to_have_url(clinic.url(f"/console/keys/{APP}/profile/claim/"))
    expect(inside.locator("input[name=fixed_value]")).to_have_value("north & south ")
    expect(inside.locator(".rc-error:not(:empty)")).to_have_count(0)
