"""Security keys in a real browser, on http://localhost: adding one, signing in with it, and confirming."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page, expect

from tests.support.clinic import APP, Clinic
from tests.support.operator import PASSWORD
from tests.support.virtual_key import virtual_key

EMAIL = "kai.keys@example.com"


def pem_made() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def come_in_by_invite(page: Page, clinic: Clinic) -> None:
    """A custodian's first sign-in, with a security key as their only authenticator."""
    page.goto(clinic.operator.invite_made(name="Kai Keys", email=EMAIL, roles=["key_custodian"]))
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add the security key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start")


def sign_in_with_a_passkey(page: Page, clinic: Clinic) -> None:
    page.context.clear_cookies()
    page.goto(clinic.url("/console/keys/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys")


def sign_in_with_a_second_factor(page: Page, clinic: Clinic) -> None:
    page.context.clear_cookies()
    page.goto(clinic.url("/console/keys/"))
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys")


def test_a_custodian_comes_in_with_a_key_and_confirms_with_it(page: Page, clinic: Clinic) -> None:
    with virtual_key(page):
        come_in_by_invite(page, clinic)
        sign_in_with_a_passkey(page, clinic)
        sign_in_with_a_second_factor(page, clinic)

        page.goto(clinic.url(f"/console/keys/{APP}/import/"))
        page.get_by_label("Private key").fill(pem_made())
        page.get_by_role("button", name="Confirm with a security key").click()
        expect(page.get_by_text("The key is published, and signs when it's its turn.")).to_be_visible()

        page.goto(clinic.url(f"/console/keys/{APP}/"))
        release = page.get_by_role("region", name="Release tokens")
        release.get_by_role("row").filter(has_text="signs").get_by_role("link").first.click()
        page.get_by_role("link", name="Rotate now").click()
        page.get_by_role("button", name="Confirm with a security key").click()
        expect(page.get_by_text("The next key takes over")).to_be_visible()


def test_who_is_signed_in_adds_a_key(inside: Page, clinic: Clinic) -> None:
    with virtual_key(inside):
        inside.goto(clinic.url("/console/me/security-keys/add/"))
        inside.get_by_label("Current password").fill(PASSWORD)
        inside.get_by_label("One-time code").fill(clinic.operator.next_code())
        inside.get_by_role("button", name="Go on").click()
        inside.get_by_label("Name").fill("Spare")
        inside.get_by_role("button", name="Add the security key").click()
        expect(inside.get_by_text("The security key Spare is added.")).to_be_visible()


def test_a_key_that_says_no_is_told_on_the_page(page: Page, clinic: Clinic) -> None:
    page.goto(clinic.url("/console/login/"))
    with virtual_key(page):
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("status").filter(has_text="Nothing was confirmed")).to_be_visible()


def test_without_security_keys_the_browser_offers_none(page: Page, clinic: Clinic) -> None:
    page.add_init_script("delete window.PublicKeyCredential;")
    page.goto(clinic.url("/console/login/"))
    expect(page.get_by_label("E-mail")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
