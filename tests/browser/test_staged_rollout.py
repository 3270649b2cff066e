"""A rollout in steps: published in a browser, taken further by the real worker as phones report."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from demo.bundle import build
from tests.simulator.capgo import CapgoDevice
from tests.support.clinic import APP, Clinic
from tests.support.console import wait_until

CHANNEL = f"/console/apps/{APP}/channels/stepwise/"
VERSION = "4.0.0"


@pytest.fixture
def phones(clinic: Clinic) -> Iterator[list[CapgoDevice]]:
    """Phones that chose a channel of their own, all on its full release."""
    clinic.operator.submit(
        "/console/apps/com.example.clinic/channels/new/",
        name="stepwise",
        platforms=["android", "ios"],
        self_assignable="on",
    )
    clinic.publish("1.0.0", channel="stepwise")
    with httpx.Client(base_url=clinic.console.base_url, timeout=30) as http:
        phones = [CapgoDevice(http, APP, channel="stepwise") for _ in range(60)]
        wait_until(lambda: phones[0].told() == "1.0.0", "the channel serves")
        for phone in phones:
            phone.update()
        yield phones


def test_steps_are_taken_as_phones_report_and_stop_where_too_few_do(
    inside: Page, clinic: Clinic, phones: list[CapgoDevice]
) -> None:
    clinic.operator.submit(
        f"/console/apps/{APP}/bundles/upload/",
        files={"file": ("www.zip", build(VERSION), "application/zip")},
        version=VERSION,
    )
    inside.goto(clinic.url(f"{CHANNEL}publish/?version={VERSION}"))
    inside.get_by_label("Steps of your own").check()
    inside.locator("textarea[name=own_plan]").fill("30, 0, 90, 3\n60, 0, 90, 1000\n100")
    inside.get_by_role("button", name="Publish on stepwise").click()
    expect(inside.get_by_text("step 1 of 3")).to_be_visible()

    wait_until(lambda: any(phone.told() == VERSION for phone in phones), "the first step reaches devices")
    first = [phone for phone in phones if phone.told() == VERSION]
    assert 3 <= len(first) < len(phones)
    for phone in first:
        phone.update()
    wait_until(
        lambda: sum(phone.told() == VERSION for phone in phones if phone not in first) > 0,
        "the worker takes the second step",
    )
    inside.reload()
    expect(inside.get_by_text("step 2 of 3")).to_be_visible()
    # The third step waits for a thousand devices, and says so.
    expect(inside.get_by_text("it waits for")).to_be_visible()
    assert any(phone.told() != VERSION for phone in phones if phone not in first)
