"""Every page of the console, found by following its links: no error, no finding of axe, no overflow."""

import re
from html import unescape

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.clinic import Clinic
from tests.support.console import RunningConsole
from tests.support.operator import PASSWORD, boxes, hidden
from tests.support.soundness import findings, findings_on_every_screen, look_findings

# Things told apart by an id are one kind of page: one of each is visited.
IDS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?:\.\d+)*(?=/|$)|PR-[A-Z2-7]{8}"
    # What the cryptographic inventory and the watch list name.
    r"|(?<=/modules/certificates/)[a-z]+|(?<=/watch/text/)[a-z0-9-]+|(?<=/watch/library/)[a-z0-9-]+"
    # Reports of the catalogue.
    r"|(?<=/compliance/reports/)(?!made/)[a-z-]+"
)

NEWCOMER = "nora@example.com"
OPENED = "/console/compliance/opened/"
LINK = re.compile(r'<a (?![^>]*\bdownload\b)[^>]*href="(/console/[^"#]*)"')  # a file is no page

# What people are to find their way to; a page that nothing leads to is missing here.
REACHED = frozenset({
    "/console/",
    "/console/apps/new/",
    "/console/apps/com.example.clinic/releases/*/",
    "/console/apps/com.example.clinic/devices/*/",
    "/console/apps/com.example.clinic/devices/*/override/",
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
    "/console/compliance/anchors/",
    "/console/compliance/consent/",
    "/console/compliance/data-kept/",
    "/console/compliance/",
    "/console/compliance/audits/",
    "/console/compliance/audits/*/",
    "/console/compliance/audits/*/opened/",
    "/console/compliance/audits/*/opened/*/",
    "/console/compliance/audits/new/",
    "/console/compliance/components/",
    "/console/compliance/components/*/",
    "/console/compliance/controls/",
    "/console/compliance/drills/",
    "/console/compliance/drills/new/",
    "/console/compliance/incidents/",
    "/console/compliance/incidents/*/",
    "/console/compliance/incidents/*/notices/*/",
    "/console/compliance/incidents/new/",
    "/console/compliance/recertification/",
    "/console/compliance/recertification/*/",
    "/console/compliance/recertification/*/people/*/",
    "/console/compliance/holds/",
    "/console/compliance/holds/new/",
    "/console/compliance/modules/",
    "/console/compliance/modules/certificates/*/",
    "/console/compliance/modules/transitions/",
    "/console/compliance/modules/inventory/",
    "/console/compliance/modules/inventory/advisories/",
    "/console/compliance/modules/watch/",
    "/console/compliance/phi/",
    "/console/compliance/phi/matrix/",
    "/console/compliance/phi/storage/",
    "/console/compliance/phi/associates/",
    "/console/compliance/phi/associates/new/",
    "/console/compliance/providers/",
    "/console/compliance/providers/new/",
    "/console/compliance/phi/decisions/",
    "/console/compliance/phi/decisions/new/",
    "/console/compliance/phi/apps/com.example.clinic/",
    "/console/compliance/phi/apps/com.example.clinic/declare/",
    "/console/compliance/modules/watch/text/*/",
    "/console/compliance/modules/watch/library/*/",
    "/console/access/export/",
    "/console/compliance/exports/",
    "/console/compliance/exports/new/",
    "/console/compliance/exports/*/",
    "/console/compliance/exports/*/remove/",
    "/console/compliance/reports/",
    "/console/compliance/reports/*/",
    "/console/compliance/reports/made/*/",
    "/console/compliance/reports/made/*/review/",
    "/console/compliance/requests/",
    "/console/compliance/requests/calendar/",
    "/console/compliance/requests/figures/",
    "/console/compliance/requests/new/",
    "/console/compliance/requests/*/",
    "/console/compliance/requests/*/acknowledge/",
    "/console/compliance/requests/*/erasure/",
    "/console/approvals/",
    "/console/apps/com.example.clinic/publishers/",
    "/console/apps/com.example.clinic/previews/",
    "/console/apps/com.example.clinic/previews/new/",
    "/console/apps/com.example.clinic/previews/preview-pr-123/",
    "/console/apps/com.example.clinic/stores/",
    "/console/apps/com.example.clinic/testers/",
    "/console/apps/com.example.clinic/testers/*/",
    "/console/apps/com.example.clinic/testers/*/erase/",
    "/console/apps/com.example.clinic/testers/feedback/",
    "/console/apps/com.example.clinic/testers/groups/new/",
    "/console/apps/com.example.clinic/testers/groups/*/",
    "/console/apps/com.example.clinic/testers/groups/*/end/",
    "/console/apps/com.example.clinic/testers/groups/*/invite/",
    "/console/apps/com.example.clinic/testers/groups/*/invite-many/",
    "/console/apps/com.example.clinic/testers/groups/*/link/",
    "/console/apps/com.example.clinic/testers/groups/*/settings/",
    "/console/apps/com.example.clinic/tokens/",
    "/console/apps/com.example.clinic/webhooks/new/",
    "/console/apps/com.example.clinic/webhooks/*/",
    "/console/apps/com.example.clinic/webhooks/*/settings/",
    "/console/apps/com.example.clinic/webhooks/*/secret/",
    "/console/apps/com.example.clinic/webhooks/*/remove/",
    "/console/me/",
    "/console/me/password/",
    "/console/me/recovery-codes/",
    "/console/me/security-keys/add/",
    "/console/me/sessions/",
    "/console/people/*/",
    "/console/people/*/access/",
    "/console/people/*/access/engagements/new/",
    "/console/people/*/access/grants/new/",
    "/console/people/*/access/roles/auditor/give/",
    "/console/people/*/deactivate/",
    "/console/people/*/invite/",
    "/console/policy/",
    "/console/compliance/log/",
    "/console/compliance/log/*/",
    "/console/compliance/log/events/",
    "/console/compliance/log/feed/",
    "/console/compliance/log/verification/",
    "/console/accounts/user/add/",
    "/console/accounts/user/*/change/",
    "/console/accounts/rolegroup/*/change/",
})


def testers_made(clinic: Clinic) -> str:
    """A group with somebody invited, and a preview, so that links lead to their pages; returns the first."""
    app = "/console/apps/com.example.clinic"
    made = clinic.operator.submit(
        f"{app}/testers/groups/new/", name="Pilot wards", channels=["staging"], max_devices="3"
    )
    clinic.operator.submit(f"{made.url.path}invite/", name="Tess", email="tess@example.com", sending="mail")
    # It's the first of its subject, so the answer is a page that shows its link.
    page = clinic.operator.http.get(f"{app}/previews/new/")
    fields = hidden(page.text) | {"subject": "PR 123", "version": "", "days": "7", "testers": "5"}
    clinic.operator.http.post(f"{app}/previews/new/", data=fields, headers={"Origin": clinic.url("")})
    return made.url.path


def request_made(clinic: Clinic) -> str:
    """Somebody's privacy request, verified, so that links lead to what is done for it; returns its page."""
    entered = clinic.operator.submit(
        "/console/compliance/requests/new/", kind="delete", channel="mail", email="petra@example.org"
    )
    verify = f"{entered.url.path}verify/"
    proved = boxes(clinic.operator.http.get(verify).text, "proved")
    clinic.operator.submit(verify, method="two_points", proved=proved)
    return entered.url.path


def duties_made(clinic: Clinic) -> None:
    """A review of access, an incident and an audit, so that links lead to their pages."""
    desk = "/console/compliance/"
    clinic.operator.submit(f"{desk}recertification/new/")
    clinic.operator.submit(
        f"{desk}incidents/new/",
        kind="loss",
        what="A laptop is gone.",
        noticed_at="2026-01-02T10:00",
        noticed_by="Rita",
        phi="on",
    )
    audit = clinic.operator.submit(
        f"{desk}audits/new/",
        title="A firm",
        framework="hipaa",
        period_from="2026-01-01",
        period_to="2026-12-31",
    )
    clinic.operator.submit(f"{audit.url.path}requests/", asked="All releases", due_on="2026-12-01")


@pytest.fixture(scope="session")
def paths(clinic: Clinic) -> list[str]:
    """One address for each kind of page, from the start page on.

    Of the pages about a person it's those of one without a role, with whom most can be done, and about
    testers those of a group that people made: the audit log leads to a preview's own one, too.
    """
    clinic.operator.invite_made(name="Nora Newcomer", email=NEWCOMER, roles=[])
    group = testers_made(clinic)
    clinic.webhook_made()
    clinic.export_made()
    duties_made(clinic)
    clinic.report_made()
    person = f"/console/people/{clinic.operator.person_id(NEWCOMER)}/"
    # Nobody inside is led to what is opened to external auditors.
    starts = ("/console/", OPENED, request_made(clinic), group, person)  # the last one first
    found: dict[str, str] = {IDS.sub("*", start): start for start in starts}
    waiting = list(found.values())
    while waiting:
        page = clinic.operator.http.get(waiting.pop())
        for link in LINK.findall(page.text):
            path = unescape(link).partition("?")[0]
            if IDS.sub("*", path) not in found:
                found[IDS.sub("*", path)] = path
                waiting.append(path)
    return sorted(found.values())


def test_the_crawl_reaches_all_parts_of_the_console(paths: list[str]) -> None:
    assert {IDS.sub("*", path) for path in paths} >= REACHED


def findings_in_both_colours(page: Page, url: str, *, status: int = 200) -> list[str]:
    """Open a page as wide as the window is, and look at it light and dark: colours need no other answer."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = findings(page, page.goto(url), status=status)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return found + [f"dark: {finding}" for finding in look_findings(page)]


@pytest.mark.parametrize("width", [pytest.param(1440, id="wide"), pytest.param(390, id="phone")])
def test_every_page_is_sound(inside: Page, clinic: Clinic, paths: list[str], width: int) -> None:
    inside.set_viewport_size({"width": width, "height": 900})
    found = {path: findings_in_both_colours(inside, clinic.url(path)) for path in paths}
    assert {path: findings for path, findings in found.items() if findings} == {}


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_in_front_of_the_console_are_sound(
    context: BrowserContext, console: RunningConsole, width: int
) -> None:
    page = context.new_page()  # without the strict listener: Chromium calls any 410 an error
    page.set_viewport_size({"width": width, "height": 900})
    for url, status in (
        (f"{console.base_url}/console/login/", 200),
        (f"{console.base_url}/console/login/forgotten/", 200),
        (f"{console.base_url}/console/login/reset/never-made/", 410),
        (console.setup_url, 200),
        (f"{console.base_url}/setup/never-made/", 410),
    ):
        assert findings_in_both_colours(page, url, status=status) == [], url


def test_the_second_page_of_the_sign_in_is_sound(page: Page, clinic: Clinic) -> None:
    page.goto(clinic.url("/console/login/"))
    page.get_by_label("E-mail").fill(clinic.operator.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("One-time code")).to_be_visible()
    assert findings_on_every_screen(page) == []


def test_the_pages_of_who_is_invited_are_sound(page: Page, clinic: Clinic) -> None:
    link = clinic.operator.invite_made(name="Inge Invited", email="inge@example.com", roles=["auditor"])
    page.goto(link)
    assert findings_on_every_screen(page) == []
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("One-time code")).to_be_visible()
    assert findings_on_every_screen(page) == []
