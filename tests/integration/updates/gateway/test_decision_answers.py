"""What decisions beyond the newest release look like on the wire, in both dialects."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from releaseconsole.kernel import clock
from tests.integration.updates.gateway.conftest import APP_ID
from tests.integration.updates.gateway.test_v1_check import DEVICE_ID, ask, claims_of
from tests.simulator.capgo import CapgoDevice
from updates.backends import failures
from updates.backends.failures import FailedVersion, failures_put
from updates.backends.storage import archive_store
from updates.domain.release_state import ReleaseState
from updates.domain.telemetry import Sighting
from updates.gateway import sightings
from updates.models import App, Bundle, Channel, ChannelMember, DeviceOverride, InstallOutcome, Release

Publish = Callable[..., Release]
Refresh = Callable[[], None]


@pytest.fixture
def phone(devices: httpx.Client) -> CapgoDevice:
    return CapgoDevice(devices, APP_ID, native_version="1.2.0")


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[Sighting]:
    """What checks tell about devices, instead of in the stream."""
    taken: list[Sighting] = []
    sightings._buffer.flush()
    monkeypatch.setattr(sightings._buffer, "_append", taken.extend)
    return taken


def changed(channel: Channel, refresh: Refresh, **settings: Any) -> None:
    Channel.objects.filter(pk=channel.pk).update(**settings)
    refresh()


def test_a_mandatory_update_says_so(
    devices: httpx.Client, phone: CapgoDevice, production: Channel, publish: Publish
) -> None:
    publish(production, "1.4.0", mandatory=True)
    assert ask(devices).json()["mandatory"] is True
    assert phone.check()["data"]["mandatory"] == "true"
    assert "mandatory" not in ask(devices, version="1.4.0").json()


def test_a_build_from_the_store_is_asked_for(
    devices: httpx.Client, phone: CapgoDevice, production: Channel, publish: Publish, refresh: Refresh
) -> None:
    publish(production, "1.4.0", native_min="2.0")
    assert "store_update_required" not in ask(devices).json()
    changed(production, refresh, store_update_required=True)
    answer = ask(devices)
    assert (claims_of(answer)["decision"], answer.json()["store_update_required"]) == ("hold", True)
    told = phone.check()
    assert (told["message"], told["kind"], told["breaking"]) == ("store_update_required", "blocked", True)
    assert told["data"]["store_update_required"] == "true"
    phone.native_version = "2.0"
    assert phone.told() == "1.4.0"


@pytest.mark.parametrize(
    ("settings", "info", "code", "kind"),
    [
        pytest.param({"shutoff_at": clock.now()}, {}, "channel_shutoff", "blocked", id="shut off"),
        pytest.param(
            {"allow_emulator": False}, {"is_emulator": True}, "disable_emulator", "blocked", id="emulator"
        ),
        pytest.param(
            {"allow_development": False}, {"is_prod": False}, "disable_dev_build", "blocked", id="development"
        ),
        pytest.param({"allow_production": False}, {}, "disable_prod_build", "blocked", id="production"),
        pytest.param(
            {"native_max": "1"}, {}, "disable_auto_update_to_metadata", "blocked", id="native bounds"
        ),
        pytest.param(
            {"update_policy": "major"}, {}, "disable_auto_update_to_major", "blocked", id="another major"
        ),
        pytest.param(
            {"update_policy": "patch"}, {}, "disable_auto_update_to_patch", "blocked", id="any difference"
        ),
        pytest.param(
            {"blocks_under_native": True},
            {"version_build": "3.0"},
            "disable_auto_update_under_native",
            "blocked",
            id="below the native version",
        ),
        pytest.param({"paused_at": clock.now()}, {}, "no_new_version_available", "up_to_date", id="paused"),
    ],
)
def test_the_plugin_hears_its_own_codes(
    devices: httpx.Client,
    phone: CapgoDevice,
    production: Channel,
    publish: Publish,
    refresh: Refresh,
    settings: dict[str, Any],
    info: dict[str, Any],
    code: str,
    kind: str,
) -> None:
    publish(production, "2.4.0")
    changed(production, refresh, **settings)
    answer = devices.post("/device/capgo/updates", json=phone.info() | info).json()
    assert (answer["error"], answer["kind"]) == (code, kind)
    assert answer["message"]
    assert answer["data"]["token"]


def test_a_shut_off_app_holds_all_devices(
    devices: httpx.Client, phone: CapgoDevice, production: Channel, publish: Publish, refresh: Refresh
) -> None:
    publish(production, "1.4.0")
    App.objects.update(shutoff_at=clock.now())
    refresh()
    assert claims_of(ask(devices))["decision"] == "hold"
    assert (phone.check()["error"], phone.check()["kind"]) == ("app_shutoff", "blocked")


def test_a_device_is_forced_to_a_release_that_others_left(
    devices: httpx.Client, production: Channel, publish: Publish, refresh: Refresh
) -> None:
    left = publish(production, "1.3.0", rollout_bps=1)
    publish(production, "1.4.0")
    Release.objects.filter(pk=left.pk).update(state=ReleaseState.ROLLED_BACK)
    DeviceOverride.objects.create(
        app=production.app,
        device_id=DEVICE_ID,
        release=left,
        until=clock.now() + timedelta(hours=1),
        reason="looking into it",
        created_at=clock.now(),
    )
    refresh()
    assert claims_of(ask(devices))["version"] == "1.3.0"
    assert claims_of(ask(devices, device_id="another"), device_id="another")["version"] == "1.4.0"


def test_what_the_app_does_not_keep_is_dropped_before_it_is_noted(
    devices: httpx.Client,
    phone: CapgoDevice,
    production: Channel,
    refresh: Refresh,
    noted: list[Sighting],
) -> None:
    told = {"custom_id": "rita", "attributes": {"ring": "staff", "mood": "good"}}
    refresh()
    ask(devices, **told)
    App.objects.update(custom_id_policy="allowed", attributes=[{"name": "ring", "values": ["staff"]}])
    refresh()
    ask(devices, **told)
    devices.post("/device/capgo/updates", json=phone.info() | {"custom_id": "olaf"})
    sightings._buffer.flush()
    assert [(one.custom_id, one.attributes) for one in noted] == [
        ("", {}),
        ("rita", {"ring": "staff"}),
        ("olaf", {}),
    ]


def test_attributes_decide_and_others_shapes_are_refused(
    devices: httpx.Client, production: Channel, publish: Publish, refresh: Refresh
) -> None:
    App.objects.update(attributes=[{"name": "ring", "values": ["staff"]}])
    publish(production, "1.4.0", audience={"attributes": {"ring": ["staff"]}}, targeted=True)
    assert claims_of(ask(devices))["decision"] == "hold"
    assert claims_of(ask(devices, attributes={"ring": "staff"}))["decision"] == "install"
    assert ask(devices, attributes={"ring": 1}).status_code == 400


@pytest.fixture
def failing(production: Channel, publish: Publish, refresh: Refresh, redis_client: redis.Redis) -> Channel:
    """A channel whose newest release failed on the phone of `test_v1_check`, and an older one beneath."""
    publish(production, "1.3.0")
    publish(production, "1.4.0", rollout_bps=9_999)
    Release.objects.filter(bundle__version="1.4.0").update(audience={"always": [DEVICE_ID]})
    InstallOutcome.objects.create(
        app=production.app,
        device_id=DEVICE_ID,
        version="1.4.0",
        outcome="failed",
        reason="update_fail",
        decided_at=clock.now(),
    )
    failures_put(FailedVersion(APP_ID, "1.4.0"), failed=[DEVICE_ID], cleared=[], begins=True)
    refresh()
    return production


def test_what_failed_on_a_device_is_not_offered_to_it_again(devices: httpx.Client, failing: Channel) -> None:
    assert claims_of(ask(devices))["version"] == "1.3.0"
    failures_put(FailedVersion(APP_ID, "1.4.0"), failed=[], cleared=[DEVICE_ID], begins=False)
    assert claims_of(ask(devices))["version"] == "1.4.0"


def test_while_redis_is_away_what_failed_anywhere_is_held_back(
    devices: httpx.Client, failing: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures_put(FailedVersion(APP_ID, "1.4.0"), failed=[], cleared=[DEVICE_ID], begins=False)
    monkeypatch.setattr(failures._Away, "until", float("inf"))
    assert claims_of(ask(devices))["version"] == "1.3.0"
    assert claims_of(ask(devices, version="1.4.0"))["decision"] == "current"


def test_a_withdrawn_bundle_is_not_sent_to_who_may_still_fetch_it(
    devices: httpx.Client, production: Channel, publish: Publish, refresh: Refresh, tmp_path: Path
) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(b"content")
    sha256 = hashlib.sha256(b"content").hexdigest()
    archive_store(upload=upload, sha256=sha256)
    publish(production, "1.4.0", sha256=sha256, size=7)
    url = ask(devices).json()["url"]
    assert devices.get(url).content == b"content"
    Bundle.objects.update(withdrawn_at=clock.now())
    refresh()
    for headers in ({}, {"If-None-Match": f'"{sha256}"'}, {"Range": "bytes=0-1"}):
        answer = devices.get(url, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (410, "bundle_withdrawn")
    assert claims_of(ask(devices, version="1.4.0"))["decision"] == "builtin"


def test_a_preview_is_left_when_it_is_over(
    devices: httpx.Client, production: Channel, app: App, publish: Publish, refresh: Refresh
) -> None:
    preview = Channel.objects.create(
        app=app, name="pr-7", platforms=["ios"], preview_of="#7", expires_at=clock.now()
    )
    ChannelMember.objects.create(channel=preview, app=app, device_id=DEVICE_ID)
    publish(preview, "1.5.0-pr.7")
    publish(production, "1.4.0")
    assert claims_of(ask(devices))["version"] == "1.4.0"
    changed(preview, refresh, expires_at=clock.now() + timedelta(minutes=1))
    assert claims_of(ask(devices))["version"] == "1.5.0-pr.7"
