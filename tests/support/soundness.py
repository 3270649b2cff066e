"""What is wrong with a page in a browser: its headers, its width, its headings, and what axe finds."""

from typing import Any, Final, Literal

from playwright.sync_api import Page, Response

from tests.support.console import ROOT

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
SCREENS = [(width, scheme) for width in (1440, 390) for scheme in SCHEMES]


def findings_on_every_screen(page: Page) -> list[str]:
    """Look at the page that is open on wide and narrow screens, light and dark; leaves it as it was."""
    before, found = page.viewport_size, []
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{width} {scheme}: {finding}" for finding in look_findings(page)]
    page.emulate_media(color_scheme="null", reduced_motion="null")
    if before is not None:
        page.set_viewport_size(before)
    return found


def findings(page: Page, response: Response | None, *, status: int = 200) -> list[str]:
    """Judge the page that is open, and the answer that it came with."""
    assert response is not None
    policy = response.headers["content-security-policy"]
    directives = {directive.strip() for directive in policy.split(";")}  # django-csp sends them in any order
    found = [] if "unsafe" not in policy and "script-src 'self'" in directives else [f"CSP: {policy}"]
    if response.status != status:
        found.append(f"status {response.status}")
    return found + look_findings(page)


def look_findings(page: Page) -> list[str]:
    """Judge the page that is open, at its present size and colours."""
    found = []
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("wider than the screen")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} main headings")
    return found + _axe(page)


def _axe(page: Page) -> list[str]:
    if not page.evaluate("Boolean(window.axe)"):  # half a megabyte, and pages are looked at several times
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
