"""Security keys in a real browser, on http://localhost: adding one, signing in with it, and confirming."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page, expect

from tests.support.clinic import APP, Clinic, Newcomer
from tests.support.operator import totp
from tests.support.virtual_key import virtual_key

ADD = "/console/me/security-keys/add/"


def sign_in(page: Page, clinic: Clinic, person: Newcomer) -> None:
    page.goto(clinic.url("/console/login/"))
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_label("One-time code").fill(person.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start")


def add_key(page: Page, clinic: Clinic, person: Newcomer) -> None:
    page.goto(clinic.url(ADD))
    page.get_by_label("One-time code").fill(totp(person.totp_secret, step=1))
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add the security key").click()
    expect(page.get_by_text("The security key Blue key is added.")).to_be_visible()


def pem_made() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_custodian_adds_a_key_signs_in_with_it_and_confirms(page: Page, clinic: Clinic) -> None:
    person = clinic.person_made("Kai Keys", "kai.keys@example.com", "key_custodian")
    with virtual_key(page):
        sign_in(page, clinic, person)
        add_key(page, clinic, person)

        page.context.clear_cookies()
        page.goto(clinic.url("/console/keys/"))
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Keys")

        page.goto(clinic.url(f"/console/keys/{APP}/import/"))
        page.get_by_label("Private key").fill(pem_made())
        page.get_by_role("button", name="Confirm with a security key").click()
        expect(page.get_by_text("The key is published, and signs when it's its turn.")).to_be_visible()

        page.goto(clinic.url(f"/console/keys/{APP}/"))
        release = page.get_by_role("region", name="Release tokens")
        release.get_by_role("row").filter(has_text="signs").get_by_role("link").first.click()
        page.get_by_role("link", name="Rotate now").click()
        page.get_by_role("button", name="Confirm with a security key").click()
        expect(
            page.get_by_text("The next key takes over as soon as every client can have it.")
        ).to_be_visible()


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
