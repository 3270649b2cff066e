"""A real browser: the system's Chromium, driven by Playwright, strict about what pages do."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)

from tests.support.clinic import Clinic, clinic_open
from tools.chromium import chromium_find

_PATIENCE = 120_000  # milliseconds; no test is timed: machines are busy, and other lanes run beside this one
expect.set_options(timeout=_PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Missing, it fails the tests instead of skipping them: `make test` installs or explains it."""
    path = chromium_find()
    if path is None:
        pytest.fail("There is no Chromium; run: .venv/bin/python -m tools.chromium")
    quiet = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses to run as root
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=quiet + alone)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of its own, so that nobody is signed in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Europe/Berlin")
    context.set_default_timeout(_PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page. The test fails if it logs an error, violates the CSP, or throws; however it looks."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location['url']})")

    def thrown(error: Error) -> None:
        complaints.append(str(error))

    page = context.new_page()
    page.on("console", heard)  # Chromium reports a CSP violation as a console error too
    page.on("pageerror", thrown)
    yield page
    assert not complaints


@pytest.fixture(scope="session")
def clinic() -> Iterator[Clinic]:
    """A console of its own, with an app at work."""
    with clinic_open() as clinic:
        yield clinic


@pytest.fixture
def inside(page: Page, clinic: Clinic) -> Iterator[Page]:
    """A page whose person has signed in."""
    clinic.let_in(page.context)
    yield page
    clinic.left_by(page.context)
