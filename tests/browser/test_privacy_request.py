"""Somebody asks for deletion in public, the officer erases them, and their receipt is checked offline."""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.clinic import Clinic
from tests.support.soundness import findings, findings_on_every_screen


def test_a_person_is_erased_from_the_public_form_to_the_receipt(
    inside: Page, context: BrowserContext, clinic: Clinic, tmp_path: Path
) -> None:
    phone = clinic.phone_updates("1.0.0")
    person = context.new_page()
    person.goto(clinic.url("/privacy/"))
    person.get_by_label("Delete what you hold about me").check()
    person.get_by_label("E-mail").first.fill("petra@example.org")
    person.get_by_text("Help us find you in it").click()
    person.get_by_label("Device id").fill(phone)
    person.get_by_role("button", name="Send the request").click()
    (reference,) = re.findall(r"PR-[A-Z2-7]{8}", person.get_by_role("main").inner_text())

    inside.goto(clinic.url(f"/console/compliance/requests/{reference}/"))
    inside.get_by_role("link", name="Acknowledge").click()
    inside.get_by_role("button", name="Send the acknowledgement").click()
    inside.get_by_role("link", name="Verify identity").click()
    assert not findings_on_every_screen(inside)
    inside.get_by_role("radio", name=re.compile(r"^Two data points")).check()
    inside.get_by_label("E-mail address (….org)", exact=True).check()
    inside.get_by_label(f"Device (…{phone[-4:]})", exact=True).check()
    inside.get_by_role("button", name="Record it as verified").click()
    inside.get_by_role("link", name="Dry run").click()
    inside.get_by_role("button", name="Count what is held").click()
    expect(inside.get_by_role("cell", name="updates_device", exact=True)).to_be_visible()
    assert not findings_on_every_screen(inside)
    inside.get_by_label("One-time code").fill(clinic.operator.next_code())
    inside.get_by_role("button", name="Erase for good").click()
    inside.get_by_role("link", name="Answer the request").click(timeout=300_000)
    inside.get_by_role("button", name="Send the answer and close").click()

    receipt = inside.get_by_role("link", name=re.compile("The person.s receipt")).get_attribute("href")
    assert not findings(person, person.goto(str(receipt)))
    person.get_by_text("Where, as the signed statement has it").click()
    expect(person.get_by_text("updates_device", exact=True)).to_be_visible()
    _files_taken(person, tmp_path)
    line = [sys.executable, *person.get_by_test_id("command").inner_text().split()[1:]]
    checked = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.returncode, f'"request": "{reference}"' in checked.stdout) == (0, True)
    assert clinic.operator.http.get(f"/console/apps/com.example.clinic/devices/{phone}/").status_code == 404


def _files_taken(person: Page, folder: Path) -> None:
    for name in ("receipt.json", "audit-log-keys.pem", "verify_receipt.py", "verify_entry.py"):
        with person.expect_download() as download:
            person.get_by_role("link", name=name).click()
        download.value.save_as(folder / name)
