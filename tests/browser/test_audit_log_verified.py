"""The audit log is verified by the real worker, when somebody who reads it asks for that."""

from playwright.sync_api import Page, expect

from tests.support.clinic import Clinic
from tests.support.soundness import findings


def test_an_administrator_has_the_audit_log_verified(inside: Page, clinic: Clinic) -> None:
    inside.goto(clinic.url("/console/"))
    inside.get_by_role("link", name="Does the audit log hold?").click()
    inside.get_by_role("button", name="Verify now").click()
    expect(inside.get_by_text("The audit log holds: verified")).to_be_visible(timeout=300_000)
    assert not findings(inside, inside.reload())
    expect(inside.get_by_role("cell", name="holds", exact=True).first).to_be_visible()
