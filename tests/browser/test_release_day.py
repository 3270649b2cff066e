"""A release manager's day in a real browser: sign in, upload, publish, watch, raise, roll back."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from demo.bundle import build
from tests.simulator.capgo import CapgoDevice
from tests.support.clinic import APP, Clinic, Newcomer
from tests.support.console import ROOT, wait_until

VERSION = "2.0.0"
PICTURE = ROOT / "docs" / "images" / "release-page.png"


@contextmanager
def _phones(clinic: Clinic, number: int) -> Iterator[list[CapgoDevice]]:
    """Phones of the public, on the full release that is live."""
    with httpx.Client(base_url=clinic.console.base_url, timeout=30) as http:
        phones = [CapgoDevice(http, APP) for _ in range(number)]
        for phone in phones:
            phone.update()
        yield phones


def test_a_release_is_published_watched_raised_and_rolled_back(
    page: Page, clinic: Clinic, tmp_path: Path
) -> None:
    rita = clinic.person_made("Rita Moreau", "rita.moreau@example.com", "release_manager")
    with _phones(clinic, 40) as phones:
        _signs_in(page, clinic, rita)
        _uploads(page, tmp_path)
        _publishes(page, percent="30")
        expect(page.get_by_text("live, 30\u00a0%")).to_be_visible()

        wait_until(lambda: any(phone.told() == VERSION for phone in phones), "the release reaches devices")
        offered = [phone for phone in phones if phone.told() == VERSION]
        assert 0 < len(offered) < len(phones)
        _phones_report_while_the_page_is_watched(page, offered)
        _take_the_picture(page)

        page.get_by_label("Rollout in percent").fill("100")
        page.get_by_role("button", name="Set rollout").click()
        expect(page.get_by_text("Offered to 100 % of devices.")).to_be_visible()
        failed, others = offered[0], [phone for phone in phones if phone is not offered[0]]
        wait_until(lambda: all(phone.told() == VERSION for phone in others), "every phone is offered it")
        # The phone on which it failed isn't offered it again, and no longer counts.
        assert failed.told() != VERSION
        expect(page.locator("#figures")).to_contain_text(
            re.compile(rf"\b{len(offered) - 1} of \d+ active devices"), timeout=15_000
        )

        _rolls_back(page, len(offered) - 1)
        wait_until(lambda: all(phone.told() != VERSION for phone in phones), "no phone is offered it")
        assert offered[1].update() != VERSION


def _signs_in(page: Page, clinic: Clinic, who: Newcomer) -> None:
    clinic.sign_in(page, who)
    expect(page.get_by_role("heading", name="Start")).to_be_visible()


def _uploads(page: Page, tmp_path: Path) -> None:
    zip_path = tmp_path / "www.zip"
    zip_path.write_bytes(build(VERSION)[:-30])
    page.get_by_role("link", name="Clinic").first.click()
    page.get_by_role("link", name="Upload a bundle").first.click()
    page.get_by_label("Version").fill(VERSION)
    page.get_by_label("Zip file").set_input_files(zip_path)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("alert")).to_be_visible()  # cut short: refused, and said why

    zip_path.write_bytes(build(VERSION))
    page.get_by_label("Zip file").set_input_files(zip_path)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_text("passed every check")).to_be_visible()


def _publishes(page: Page, *, percent: str) -> None:
    page.get_by_role("link", name="Publish on production").click()
    page.get_by_label("Share in percent").fill(percent)
    page.get_by_label("Notes").fill("A calmer calendar; fixes the reminder that came twice.")
    page.get_by_role("button", name="Publish on production").click()
    expect(page.get_by_text(f"{VERSION} is live on production")).to_be_visible()


def _phones_report_while_the_page_is_watched(page: Page, offered: list[CapgoDevice]) -> None:
    """The figures change on the open page; nobody reloads it."""
    figures = page.locator("#figures")
    expect(figures).to_contain_text("0 of")
    for phone in offered:
        phone.update()
    expect(figures).to_contain_text(f"{len(offered)} of {len(offered)} that reported", timeout=15_000)
    offered[0].report("update_fail", version=VERSION, at=1_800_000_100_000)
    offered[0].version = ""
    expect(figures.get_by_text("was taken back").first).to_be_visible(timeout=15_000)
    expect(figures).to_contain_text(f"{len(offered) - 1} of {len(offered)} that reported")


def _take_the_picture(page: Page) -> None:
    """Renew the picture in the README when asked to; a test run alone changes no file of the repository."""
    if os.environ.get("RENEW_PICTURES") == "1":
        page.screenshot(path=PICTURE)


def _rolls_back(page: Page, devices: int) -> None:
    page.get_by_role("link", name="Roll back").click()
    expect(page.get_by_text(f"{devices} devices last reported")).to_be_visible()
    page.get_by_role("button", name="Roll back now").click()
    expect(page.get_by_text("Rolled back. production now serves")).to_be_visible()
