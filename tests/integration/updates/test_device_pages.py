"""Finding a device, its page, and what it's forced to: by those who may."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, channel_made, released
from updates import models
from updates.domain.custom_ids import CustomIdPolicy
from updates.models import (
    App,
    Channel,
    Device,
    DeviceEvent,
    DeviceOverride,
    InstallOutcome,
)
from updates.selectors import device_search
from updates.selectors.app_settings import app_settings
from updates.services import app_change, channel_member_add
from updates.services.overrides import override_set

PHONE = "8f0f2f4e-0000-4000-8000-000000000001"
TABLET = "8f0f2f4e-0000-4000-8000-000000000002"
DEVICES = reverse("updates:devices", args=[APP_ID])
PAGE = reverse("updates:device", args=[APP_ID, PHONE])


def device_made(app: App, device_id: str = PHONE, **told: Any) -> Device:
    now = clock.now()
    fields = {"platform": "ios", "native_version": "1.0.0", "channel_name": "production", "version_at": now}
    return Device.objects.create(
        app=app, device_id=device_id, first_seen_at=now, last_seen_at=now, **(fields | told)
    )


def outcome_made(app: App, version: str, reason: str = "update_fail") -> InstallOutcome:
    return InstallOutcome.objects.create(
        app=app,
        device_id=PHONE,
        version=version,
        channel_name="production",
        outcome="failed",
        reason=reason,
        decided_at=clock.now(),
    )


@pytest.fixture
def app(db: None) -> App:
    return app_made()


@pytest.fixture
def production(app: App) -> Channel:
    return channel_made(app)


@pytest.fixture
def manager(rita: User) -> Client:
    return signed_in(rita)


@pytest.fixture
def auditor(audra: User) -> Client:
    return signed_in(audra)


def told(client: Client, url: str = PAGE, **query: str) -> str:
    """What a page says, without its markup's line breaks."""
    return " ".join(unescape(client.get(url, query).content.decode()).split())


@pytest.fixture
def fleet(app: App) -> None:
    """A phone that is Nora's and a tablet that is nobody's."""
    models.App.objects.update(custom_id_policy="allowed")
    device_made(app, version="1.2.0", custom_id="ward-7")
    device_made(app, TABLET, version="1.1.0")
    now = clock.now()
    tester = models.Tester.objects.create(
        app=app, name="Nora Newman", email="nora@example.com", created_at=now
    )
    models.TesterDevice.objects.create(
        tester=tester, app=app, device_id=PHONE, platform="ios", enrolled_at=now
    )


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        pytest.param("1.2.0", "Runs version", id="version"),
        pytest.param("ward-7", "Custom id is", id="custom id"),
        pytest.param("newman", "Devices of the tester", id="name of a tester"),
        pytest.param("NORA@", "Devices of the tester", id="address of a tester"),
    ],
)
def test_a_device_is_found_by_what_one_has(text: str, heading: str, fleet: None, manager: Client) -> None:
    page = told(manager, DEVICES, q=text)
    assert heading in page
    assert (PHONE in page, TABLET in page) == (True, False)


def test_devices_are_found_by_the_beginning_of_their_id(fleet: None, manager: Client) -> None:
    page = told(manager, DEVICES, q=PHONE[:12].upper())
    assert "Id begins with" in page
    assert (PHONE in page, TABLET in page) == (True, True)


def test_a_whole_id_leads_straight_to_its_device(fleet: None, auditor: Client) -> None:
    assert auditor.get(DEVICES, {"q": f" {PHONE.upper()} "})["Location"] == PAGE


@pytest.mark.parametrize("text", ["ward-7", "newman", "nora@example.com"])
def test_who_may_not_manage_testers_finds_nobody_by_name(text: str, fleet: None, auditor: Client) -> None:
    assert "No device matches" in told(auditor, DEVICES, q=text)
    for by in ("tester", "custom-id"):
        assert "No device matches" in told(auditor, DEVICES, q=text, by=by)
        assert PHONE not in told(auditor, DEVICES, q=text, by=by)
    page = told(auditor)
    assert ("Nora" in page, "ward-7" in page) == (False, False)


def test_who_manages_testers_sees_whose_device_it_is(fleet: None, manager: Client) -> None:
    page = told(manager)
    assert "Nora Newman" in page
    assert "ward-7" in page


def test_the_page_says_what_a_custom_id_on_it_is(app: App, manager: Client) -> None:
    device_made(app)
    assert "not kept for this app" in told(manager)
    app_change(
        app=app, settings=replace(app_settings(app), custom_id_policy=CustomIdPolicy.HASHED), actor=SYSTEM
    )
    assert "none told" in told(manager)
    Device.objects.update(custom_id="hashed:5eed")
    assert "a keyed hash" in told(manager)
    assert "only a whole id finds its device" in told(manager, DEVICES, q="5eed")


def test_a_tester_who_left_is_not_found(fleet: None, manager: Client) -> None:
    models.TesterDevice.objects.update(left_at=clock.now())
    assert "No device matches" in told(manager, DEVICES, q="newman")


def test_more_matches_than_a_section_holds_are_a_list_of_their_own(
    fleet: None, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_search, "SHOWN_OF_EACH", 1)
    page = told(manager, DEVICES, q="8f0f")
    assert 'href="/console/apps/com.example.clinic/devices/?by=id&q=8f0f"' in page
    listed = told(manager, DEVICES, q="8f0f", by="id")
    assert (PHONE in listed, TABLET in listed) == (True, True)


def test_a_list_that_finds_nothing_leads_on(fleet: None, manager: Client) -> None:
    assert "Look for it in any other way" in told(manager, DEVICES, q="9.9.9", by="version")


def test_a_page_says_what_the_device_would_get_and_why(production: Channel, manager: Client) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0", 0)
    device_made(production.app)
    page = told(manager)
    assert "It is offered" in page
    assert ">1.0.0</a> from production" in page
    assert "production is public for ios." in page
    assert "Rolled out to 0 % of devices" in page
    assert "stops here" in page


def test_a_page_decides_as_if_the_device_asked_for_another_channel(
    production: Channel, manager: Client
) -> None:
    beta = channel_made(production.app, "beta", public=False, self_assignable=True)
    released(production, "1.0.0")
    released(beta, "2.0.0")
    device_made(production.app)
    assert ">1.0.0</a> from production" in told(manager)
    assert ">2.0.0</a> from beta" in told(manager, asks="beta")


def test_a_device_that_only_asking_can_have_led_somewhere_is_taken_to_ask(
    production: Channel, manager: Client
) -> None:
    beta = channel_made(production.app, "beta", public=False, self_assignable=True)
    released(beta, "2.0.0")
    device_made(production.app, channel_name="beta")
    assert ">2.0.0</a> from beta" in told(manager)
    channel_member_add(channel=production, device_id=PHONE, actor=SYSTEM)
    assert "from beta" not in told(manager)


def test_a_page_says_of_a_failed_version_that_it_is_not_offered(production: Channel, manager: Client) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    device_made(production.app, version="1.0.0")
    outcome_made(production.app, "1.1.0")
    page = told(manager)
    assert "It failed on this device before." in page
    assert "not offered again" in page
    manager.post(f"{PAGE}failures/allow/", {"version": "1.1.0"})
    page = told(manager)
    assert ">1.1.0</a> from production" in page
    assert "may try again" in page


def test_what_keeps_nothing_from_a_device_is_not_allowed_again(production: Channel, manager: Client) -> None:
    device_made(production.app)
    outcome_made(production.app, "1.1.0", "checksum_fail")
    assert "tries again by itself" in told(manager)
    answer = manager.post(f"{PAGE}failures/allow/", {"version": "1.1.0"}, follow=True)
    assert b"No device is kept from this version any more." in answer.content
    answer = manager.post(f"{PAGE}failures/allow/", follow=True)
    assert b"Name a version." in answer.content


def test_a_page_shows_what_came_with_an_event(app: App, auditor: Client) -> None:
    device_made(app)
    now = clock.now()
    DeviceEvent.objects.create(
        app=app,
        dedupe_key="1" * 64,
        device_id=PHONE,
        action="webview_javascript_error",
        detail={"message": "ward is undefined <b>"},
        happened_at=now,
        received_at=now,
    )
    assert "ward is undefined &lt;b&gt;" in auditor.get(PAGE).content.decode()


def override_sent(client: Client, **changed: str) -> Any:
    form = {
        "to": "channel/production",
        "last_day": f"{clock.now() + timedelta(days=2):%Y-%m-%d}",
        "reason": "Crash.",
    }
    return client.post(f"{PAGE}override/", form | changed, follow=True)


def test_a_device_is_forced_on_its_page_and_back_to_normal(production: Channel, manager: Client) -> None:
    device_made(production.app)
    assert "The device gets this from its next check on." in override_sent(manager).content.decode()
    page = told(manager)
    assert "It is forced to the channel" in page
    assert "It is forced to production until" in page  # the rule's own word
    assert "This takes its place." in told(manager, f"{PAGE}override/")
    answer = manager.post(f"{PAGE}override/end/", follow=True)
    assert b"gets again what it would get by itself" in answer.content
    assert b"forced to anything any more" in manager.post(f"{PAGE}override/end/", follow=True).content


def test_a_device_is_forced_through_the_end_of_a_day(
    production: Channel, manager: Client, rita: User
) -> None:
    User.objects.update(time_zone="America/New_York")
    device_made(production.app)
    override_sent(manager)
    until = DeviceOverride.objects.get().until
    assert (until.hour, until.minute) == (5, 0)  # midnight in New York, in winter


def test_a_device_is_forced_to_a_release_that_nobody_else_gets_any_more(
    production: Channel, manager: Client
) -> None:
    older = released(production, "1.0.0")
    released(production, "1.1.0")
    device_made(production.app, version="1.1.0")
    assert f"(release #{older.release_seq})" in told(manager, f"{PAGE}override/")
    override_sent(manager, to=f"release/{older.release_seq}")
    assert "It is offered" in told(manager)
    assert ">1.0.0</a> from production" in told(manager)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"to": "channel/absent"}, "Select a valid choice", id="no such channel"),
        pytest.param({"last_day": "2020-01-01"}, "Choose a time to come.", id="over already"),
        pytest.param({"reason": ""}, "This field is required.", id="no reason"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(
    changed: dict[str, str], words: str, production: Channel, manager: Client
) -> None:
    device_made(production.app)
    assert words in override_sent(manager, **changed).content.decode()
    assert not DeviceOverride.objects.exists()


def test_who_may_only_look_is_offered_nothing_to_do(production: Channel, auditor: Client, rita: User) -> None:
    device_made(production.app)
    outcome_made(production.app, "1.1.0")
    override_set(
        app=production.app,
        device_id=PHONE,
        to=production,
        until=clock.now() + timedelta(days=1),
        reason="Crash.",
        actor=rita.actor,
        person=rita,
    )
    page = told(auditor)
    assert "It is forced to" in page
    for offer in ("Back to normal now", "Force to a channel", "Let it try"):
        assert offer not in page
    assert auditor.post(f"{PAGE}override/end/").status_code == 403
