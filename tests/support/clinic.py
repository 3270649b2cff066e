"""A running console with an app at work: what browser tests walk through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page

from demo.bundle import build
from tests.simulator.capgo import CapgoDevice
from tests.support.console import RunningConsole, console_started, wait_until
from tests.support.operator import PASSWORD, Operator, totp

APP = "com.example.clinic"
SESSION = "sessionid"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody who took their invite signs in with; the code of now is used up."""

    email: str
    password: str
    totp_secret: str

    def code(self) -> str:
        """The code of the next step: that of now was used up when they came in."""
        return totp(self.totp_secret, step=1)


@dataclass(slots=True)
class Clinic:
    """The console, and the administrator who set it up for herself alone (preset solo: every role).

    She is signed in twice: `operator` in one session, browsers in another, whose key each confirmation
    changes.
    """

    console: RunningConsole
    operator: Operator
    session: str

    def url(self, path: str) -> str:
        return f"{self.console.base_url}{path}"

    def let_in(self, context: BrowserContext) -> None:
        """Give a browser her other session."""
        context.add_cookies([{"name": SESSION, "value": self.session, "url": self.console.base_url}])

    def left_by(self, context: BrowserContext) -> None:
        """Take the session back from a browser, under the key that it has by now."""
        cookies = context.cookies(self.console.base_url)
        self.session = next(cookie["value"] for cookie in cookies if cookie["name"] == SESSION)

    def person_made(self, name: str, email: str, role: str) -> Newcomer:
        """Invite a person with the console's forms, and come in by the invite as they would."""
        with Operator(self.console.base_url) as newcomer:
            newcomer.accept_invite(self.operator.invite_made(name=name, email=email, roles=[role]))
            return Newcomer(email=email, password=PASSWORD, totp_secret=newcomer.totp_secret)

    def sign_in(self, page: Page, who: Newcomer) -> None:
        """Take both pages of the sign-in in a browser."""
        page.goto(self.url("/console/"))
        page.get_by_label("E-mail").fill(who.email)
        page.get_by_label("Password", exact=True).fill(who.password)
        page.get_by_role("button", name="Next").click()
        page.get_by_label("One-time code").fill(who.code())
        page.get_by_role("button", name="Sign in").click()

    def webhook_made(self) -> None:
        """Add a webhook with the console's form, for events that don't happen here."""
        path = f"/console/apps/{APP}/webhooks/new/"
        self.operator.answered(path, url="https://hooks.example.com/", guard="guard.tripped")

    def export_made(self) -> str:
        """Export the whole log with the console's form, and wait for the pack; returns its page."""
        ordered = self.operator.submit(
            "/console/compliance/exports/new/?period=everything", reason="A review"
        )
        page = ordered.url.path
        wait_until(lambda: "pack.zip" in self.operator.http.get(page).text, "the pack is made")
        return page

    def report_made(self) -> None:
        """Have a report made with the console's form, and wait for its pack."""
        ordered = self.operator.submit(
            "/console/compliance/reports/who-has-access/?period=everything", reason="A review"
        )
        page = ordered.url.path
        wait_until(
            lambda: "Nobody has reviewed it" in self.operator.http.get(page).text, "the report is made"
        )

    def publish(self, version: str, *, percent: int = 100, channel: str = "production") -> None:
        """Upload a bundle and publish it, with the console's forms."""
        zip_file = ("www.zip", build(version), "application/zip")
        self.operator.submit(
            f"/console/apps/{APP}/bundles/upload/", files={"file": zip_file}, version=version
        )
        self.operator.submit(
            f"/console/apps/{APP}/channels/{channel}/publish/", version=version, rollout_percent=str(percent)
        )

    def phone_updates(self, version: str) -> str:
        """Let a phone take `version`, and wait until the console has seen it; returns the phone's id."""
        with httpx.Client(base_url=self.console.base_url, timeout=30) as http:
            phone = CapgoDevice(http, APP)

            def is_offered() -> bool:
                nonlocal phone
                phone = CapgoDevice(http, APP)  # another each time: a rollout may reach this one
                return phone.check().get("version") == version

            wait_until(is_offered, f"{version} is offered")
            phone.update()
        page = f"/console/apps/{APP}/devices/{phone.device_id}/"
        wait_until(lambda: self.operator.http.get(page).status_code == 200, "the console knows the phone")
        return str(phone.device_id)


@contextmanager
def clinic_open() -> Iterator[Clinic]:
    """A console with an app, two channels, a full release, one rolling out, and a phone."""
    # Who holds every role is a custodian too, and these tests take longer than a custodian may be idle.
    with (
        console_started(CUSTODIAN_IDLE_MINUTES="720") as console,
        Operator(console.base_url) as operator,
    ):
        operator.set_up(console.setup_url)
        clinic = Clinic(console, operator, operator.signed_in_again())
        operator.submit("/console/apps/new/", app_id=APP, name="Clinic", platforms=["android", "ios"])
        for name, audience in (("production", "public"), ("staging", "self_assignable")):
            channel: dict[str, Any] = {"name": name, "platforms": ["android", "ios"], audience: "on"}
            operator.submit(f"/console/apps/{APP}/channels/new/", **channel)
        clinic.publish("1.0.0")
        clinic.phone_updates("1.0.0")
        clinic.publish("1.1.0", percent=25)
        yield clinic
