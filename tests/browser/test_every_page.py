"""Every page of the console, found by following its links: no error, no finding of axe, no overflow."""

import re
from html import unescape
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, Page, Response

from tests.support.clinic import Clinic
from tests.support.console import RunningConsole

AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
# Things told apart by an id are one kind of page: one of each is visited.
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?:\.\d+)*(?=/|$)")

LINK = re.compile(r'<a (?![^>]*\bdownload\b)[^>]*href="(/console/[^"#]*)"')  # a file is no page


@pytest.fixture(scope="session")
def paths(clinic: Clinic) -> list[str]:
    """One address for each kind of page, from the start page on."""
    found: dict[str, str] = {"/console/": "/console/"}
    waiting = ["/console/"]
    while waiting:
        page = clinic.operator.http.get(waiting.pop())
        for link in LINK.findall(page.text):
            path = unescape(link).partition("?")[0]
            if IDS.sub("*", path) not in found:
                found[IDS.sub("*", path)] = path
                waiting.append(path)
    return sorted(found.values())


def test_the_crawl_reaches_all_parts_of_the_console(paths: list[str]) -> None:
    kinds = {IDS.sub("*", path) for path in paths}
    assert {
        "/console/",
        "/console/apps/new/",
        "/console/apps/com.example.clinic/releases/*/",
        "/console/apps/com.example.clinic/devices/*/",
        "/console/keys/",
        "/console/keys/console/",
        "/console/keys/com.example.clinic/",
        "/console/keys/com.example.clinic/*/",
        "/console/keys/com.example.clinic/*/rotate/",
        "/console/keys/com.example.clinic/*/suspend/",
        "/console/keys/com.example.clinic/*/revoke/",
        "/console/keys/com.example.clinic/import/",
        "/console/keys/com.example.clinic/profile/",
        "/console/keys/com.example.clinic/root/register/",
        "/console/keys/com.example.clinic/root/rotate/",
        "/console/access/",
        "/console/access/export/",
        "/console/people/*/access/",
        "/console/ledger/auditevent/*/change/",
        "/console/accounts/user/add/",
        "/console/accounts/user/*/change/",
        "/console/accounts/rolegroup/*/change/",
    } <= kinds


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        pytest.param(1440, "light", id="wide-light"),
        pytest.param(1440, "dark", id="wide-dark"),
        pytest.param(390, "light", id="phone-light"),
        pytest.param(390, "dark", id="phone-dark"),
    ],
)
def test_every_page_is_sound(
    inside: Page, clinic: Clinic, paths: list[str], width: int, scheme: Literal["light", "dark"]
) -> None:
    inside.set_viewport_size({"width": width, "height": 900})
    inside.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {path: _findings(inside, inside.goto(clinic.url(path))) for path in paths}
    assert {path: findings for path, findings in found.items() if findings} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_in_front_of_the_console_are_sound(
    context: BrowserContext, console: RunningConsole, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = context.new_page()  # without the strict listener: Chromium calls any 410 an error
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for url, status in (
        (f"{console.base_url}/console/login/", 200),
        (f"{console.base_url}/console/login/forgotten/", 200),
        (f"{console.base_url}/console/login/reset/never-made/", 410),
        (console.setup_url, 200),
        (f"{console.base_url}/setup/never-made/", 410),
    ):
        assert _findings(page, page.goto(url), status=status) == [], url


def _findings(page: Page, response: Response | None, *, status: int = 200) -> list[str]:
    assert response is not None
    policy = response.headers["content-security-policy"]
    directives = {directive.strip() for directive in policy.split(";")}  # django-csp sends them in any order
    findings = [] if "unsafe" not in policy and "script-src 'self'" in directives else [f"CSP: {policy}"]
    if response.status != status:
        findings.append(f"status {response.status}")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        findings.append("wider than the screen")
    if page.locator("h1").count() != 1:
        findings.append(f"{page.locator('h1').count()} main headings")
    return findings + _axe(page)


def _axe(page: Page) -> list[str]:
    page.evaluate(AXE)
    report: dict[str, Any] = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
    )
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in report["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"][:3]
    ]
