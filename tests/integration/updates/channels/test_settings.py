"""Settings of a channel: what a change does, whom it cuts off, and what its page shows first."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, channel_made, recorded
from updates.errors import InvalidValueError
from updates.models import Channel, ChannelMember, Device
from updates.selectors.channel_settings import channel_reach
from updates.selectors.decision_table import decision_table_version
from updates.services import channel_change, channel_pause, channel_resume
from updates.services.channels import channel_settings_changed

PAGE = f"/console/apps/{APP_ID}/channels/production/"
FORM: dict[str, Any] = {
    "platforms": ["android", "ios"],
    "public": "on",
    "allow_production": "on",
    "allow_development": "on",
    "allow_emulator": "on",
    "native_min": "",
    "native_max": "",
    "update_policy": "none",
    "guard_action": "none",
    "guard_failure_percent": "5",
    "guard_min_devices": "50",
    "guard_window_minutes": "60",
    "retention_days": "",
}


@pytest.fixture
def browser(rita: User) -> Client:
    return signed_in(rita)


def device_made(channel: Channel, device_id: str, **told: Any) -> Device:
    now = clock.now()
    told = {"platform": "ios", "native_version": "2.0.0", "last_seen_at": now} | told
    return Device.objects.create(
        app=channel.app, device_id=device_id, channel_name=channel.name, first_seen_at=now, **told
    )


@pytest.mark.parametrize(
    ("changes", "seq"),
    [
        pytest.param({"native_min": "2.0"}, 2, id="what devices are told"),
        pytest.param({"guard_action": "halt", "retention_days": 30}, 1, id="what the console does"),
        pytest.param({"retention_days": 30, "allow_emulator": False}, 2, id="both"),
        pytest.param({"update_policy": "none"}, 1, id="nothing new"),
    ],
)
def test_a_change_raises_decision_seq_where_devices_are_told_something_else(
    production: Channel, changes: Any, seq: int
) -> None:
    table = decision_table_version()
    assert channel_change(channel=production, actor=SYSTEM, **changes).decision_seq == seq
    assert (decision_table_version() > table) is (seq > 1)


def test_the_record_of_a_change_names_what_changed_and_nothing_else(production: Channel) -> None:
    channel_change(channel=production, actor=SYSTEM, native_min="2.0", public=True, update_policy="major")
    (event,) = recorded(Action.CHANNEL_CHANGED)
    assert event.detail == {
        "before": {"native_min": "", "update_policy": "none"},
        "after": {"native_min": "2.0", "update_policy": "major"},
    }


def test_what_a_channel_cannot_be_changes_nothing(production: Channel) -> None:
    with pytest.raises(InvalidValueError):
        channel_change(channel=production, actor=SYSTEM, native_min="3", native_max="2", guard_min_devices=1)
    production.refresh_from_db()
    assert (production.native_max, production.guard_min_devices) == ("", 50)


def test_a_preview_is_opened_to_no_stranger(production: Channel) -> None:
    preview = channel_made(production.app, "pr-7", public=False)
    preview.preview_of, preview.expires_at = "#7", clock.now()
    preview.save()
    with pytest.raises(InvalidValueError, match="for its testers"):
        channel_change(channel=preview, actor=SYSTEM, self_assignable=True)


def test_a_pause_and_its_end_are_each_recorded_once(production: Channel) -> None:
    _, paused = (channel_pause(channel=production, actor=SYSTEM) for _ in range(2))
    assert (paused.paused_at is not None, paused.decision_seq) == (True, 2)
    _, resumed = (channel_resume(channel=production, actor=SYSTEM) for _ in range(2))
    assert (resumed.paused_at, resumed.decision_seq) == (None, 3)
    assert (len(recorded(Action.CHANNEL_PAUSED)), len(recorded(Action.CHANNEL_RESUMED))) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "cut_off"),
    [
        pytest.param({"guard_min_devices": 1}, 0, id="nobody"),
        pytest.param({"platforms": ["ios"]}, 1, id="another platform"),
        pytest.param({"native_min": "2.0.1"}, 3, id="older builds"),
        pytest.param({"allow_emulator": False}, 1, id="emulators"),
        pytest.param({"public": False}, 3, id="all but members"),
        pytest.param({"public": False, "self_assignable": True}, 0, id="who may ask for it"),
    ],
)
def test_devices_that_a_change_cuts_off_are_counted(production: Channel, changes: Any, cut_off: int) -> None:
    device_made(production, "emulator", is_emulator=True)
    device_made(production, "droid", platform="android")
    device_made(production, "newer", native_version="2.1.0")
    device_made(production, "member")
    device_made(production, "gone", last_seen_at=clock.now() - timedelta(days=31))
    ChannelMember.objects.create(channel=production, app=production.app, device_id="member")
    after = channel_settings_changed(channel=production, changes=changes)
    reach = channel_reach(production, after)
    assert (reach.devices, reach.cut_off) == (4, cut_off)


def test_who_gets_nothing_already_is_not_cut_off(production: Channel) -> None:
    bound = channel_change(channel=production, actor=SYSTEM, native_min="3")
    device_made(bound, "old")
    after = channel_settings_changed(channel=bound, changes={"native_min": "3.1"})
    assert channel_reach(bound, after).cut_off == 0


# --- its pages ----------------------------------------------------------------------------------------
def test_a_change_that_cuts_nobody_off_is_made_at_once(production: Channel, browser: Client) -> None:
    where = reverse("updates:channel-settings", args=[APP_ID, "production"])
    answer = browser.post(
        where, FORM | {"update_policy": "major", "guard_failure_percent": "2.5"}, follow=True
    )
    production.refresh_from_db()
    assert (production.update_policy, production.guard_failure_bps) == ("major", 250)
    page = answer.content.decode()
    assert "settings are saved" in page
    assert "other major versions need the store" in page


def test_a_change_that_cuts_devices_off_says_so_first(production: Channel, browser: Client) -> None:
    device_made(production, "old")
    device_made(production, "new", native_version="3.0.0")
    where = reverse("updates:channel-settings", args=[APP_ID, "production"])
    asked = FORM | {"native_min": "3"}
    page = browser.post(where, asked).content.decode()
    assert "<strong>1</strong> of 2 devices gets nothing from production any more" in page
    assert "Least native version" in page
    production.refresh_from_db()
    assert production.native_min == ""
    browser.post(where, asked | {"agreed": str(production.decision_seq)})
    production.refresh_from_db()
    assert production.native_min == "3"


def test_agreeing_to_what_has_changed_meanwhile_shows_it_anew(production: Channel, browser: Client) -> None:
    device_made(production, "old")
    where = reverse("updates:channel-settings", args=[APP_ID, "production"])
    stale = production.decision_seq
    channel_pause(channel=production, actor=SYSTEM)
    page = browser.post(where, FORM | {"native_min": "3", "agreed": str(stale)}).content.decode()
    assert "Save and cut 1 device off" in page
    production.refresh_from_db()
    assert production.native_min == ""


def test_one_can_go_back_from_the_warning_with_all_that_was_typed(
    production: Channel, browser: Client
) -> None:
    device_made(production, "old")
    where = reverse("updates:channel-settings", args=[APP_ID, "production"])
    page = browser.post(where, FORM | {"native_min": "3.7", "back": "1"}).content.decode()
    assert 'name="native_min" value="3.7"' in page
    assert "cut 1 device off" not in page


def test_a_setting_that_cannot_be_is_said_in_the_form(production: Channel, browser: Client) -> None:
    where = reverse("updates:channel-settings", args=[APP_ID, "production"])
    page = browser.post(where, FORM | {"native_min": "new"}).content.decode()
    assert "A native version is one to three numbers" in page


def test_a_channel_is_paused_and_resumed_from_its_page(production: Channel, browser: Client) -> None:
    device_made(production, "phone", version_at=clock.now())
    assert "1 active device keeps what it runs" in browser.get(PAGE).content.decode()
    page = browser.post(reverse("updates:channel-pause", args=[APP_ID, "production"]), follow=True)
    assert "<strong>Paused</strong> since" in page.content.decode()
    page = browser.post(reverse("updates:channel-resume", args=[APP_ID, "production"]), follow=True)
    assert "<strong>Paused</strong>" not in page.content.decode()
