"""Through whatever door an app's own id of a device comes in, only what the app's policy says is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import redis
from pytest_django import DjangoAssertNumQueries

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel.sealing import KEKRing, SealingError
from releaseconsole.personal_data import Scoped, Subject, holders
from tests.integration.updates.gateway.conftest import APP_ID
from tests.integration.updates.gateway.test_v1_check import DEVICE_ID, ask
from tests.simulator.capgo import CapgoDevice
from tests.support.stored import in_database, in_redis
from updates.backends import custom_id_key
from updates.domain.custom_ids import CustomIdPolicy
from updates.gateway import sightings
from updates.gateway.serving import serving
from updates.gateway.snapshot import snapshot_build
from updates.models import App, Channel, Device, DeviceEvent
from updates.selectors.app_settings import app_settings
from updates.selectors.device_search import FoundBy, device_search
from updates.services import app_change
from updates.services.decision_table import decision_table_touch
from updates.services.telemetry import telemetry_drain

NORA = "nora.newman@example.com"
Refresh = Callable[[], None]


@pytest.fixture
def phone(devices: httpx.Client) -> CapgoDevice:
    return CapgoDevice(devices, APP_ID, native_version="1.2.0")


@pytest.fixture(autouse=True)
def emptied(redis_client: redis.Redis) -> None:
    """Every test begins with empty streams."""
    sightings._buffer.flush()
    redis_client.flushdb()


def chosen(policy: CustomIdPolicy, refresh: Refresh) -> App:
    app = App.objects.get(pk=APP_ID)
    app = app_change(app=app, settings=replace(app_settings(app), custom_id_policy=policy), actor=SYSTEM)
    refresh()
    return app


def told_everywhere(devices: httpx.Client, phone: CapgoDevice) -> None:
    """Tell the id at every address, in every place in which a client could put it."""
    info = phone.info() | {"custom_id": NORA}
    event = info | {"action": "set", "metadata": {"custom_id": NORA, "customId": NORA, "took_ms": "8"}}
    own = {"action": "set", "version": "1.2.0", "custom_id": NORA, "detail": {"Custom-ID": NORA}}
    envelope = {"app_id": APP_ID, "device_id": DEVICE_ID, "custom_id": NORA, "events": [own]}
    answers = [
        ask(devices, custom_id=NORA),
        devices.post("/device/capgo/updates", json=info),
        devices.post("/device/capgo/stats", json=event),
        devices.post("/device/capgo/stats", json=[event | {"action": "get"}]),
        devices.post("/device/v1/events", json=envelope),
        devices.post("/device/capgo/channel_self", json=info | {"channel": "production"}),
        devices.put("/device/capgo/channel_self", json=info),
        devices.get("/device/capgo/channel_self", params=info),
        devices.delete("/device/capgo/channel_self", params=info),
    ]
    assert all(answer.status_code in {200, 400} for answer in answers)
    assert all(answer.is_success for answer in answers[:5])
    sightings._buffer.flush()


@pytest.mark.parametrize("policy", list(CustomIdPolicy))
def test_nothing_more_than_the_policy_says_reaches_redis_or_the_database(
    policy: CustomIdPolicy,
    redis_client: redis.Redis,
    devices: httpx.Client,
    phone: CapgoDevice,
    production: Channel,
    refresh: Refresh,
) -> None:
    chosen(policy, refresh)
    told_everywhere(devices, phone)
    is_clear = policy is CustomIdPolicy.ALLOWED
    assert (NORA in in_redis(redis_client)) == is_clear
    telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)
    assert (NORA in in_database()) == is_clear
    assert Device.objects.count() == 2
    kept = set(Device.objects.values_list("custom_id", flat=True))
    assert kept == {serving.snapshot.apps[APP_ID].view.custom_ids.taken(NORA)}
    assert {len(kept), DeviceEvent.objects.count()} == {1, 3}


def test_a_device_that_signals_gpc_is_answered_and_its_id_not_kept(
    devices: httpx.Client, phone: CapgoDevice, production: Channel, refresh: Refresh
) -> None:
    chosen(CustomIdPolicy.ALLOWED, refresh)
    devices.headers["Sec-GPC"] = "1"
    assert ask(devices, custom_id=NORA).status_code == 200
    assert devices.post("/device/capgo/updates", json=phone.info() | {"custom_id": NORA}).status_code == 200
    sightings._buffer.flush()
    telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)
    assert list(Device.objects.values_list("custom_id", flat=True)) == ["", ""]


def test_the_policy_costs_an_update_check_no_query(
    devices: httpx.Client,
    production: Channel,
    refresh: Refresh,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    chosen(CustomIdPolicy.HASHED, refresh)
    with django_assert_num_queries(0):
        assert ask(devices, custom_id=NORA).status_code == 200


def test_a_hashed_id_is_found_by_who_knows_it_and_its_key_is_not_in_the_database(
    devices: httpx.Client, production: Channel, refresh: Refresh
) -> None:
    app = chosen(CustomIdPolicy.HASHED, refresh)
    ask(devices, custom_id=NORA)
    sightings._buffer.flush()
    telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)
    (found,) = device_search(app=app, text=f" {NORA} ", personal=True)
    assert (found.by, [device.device_id for device in found.devices]) == (FoundBy.CUSTOM_ID, [DEVICE_ID])
    assert device_search(app=app, text=found.devices[0].custom_id, personal=True) == []
    key = serving.snapshot.apps[APP_ID].view.custom_ids.key
    everything = in_database()
    assert len(key) == 32
    assert not any(each in everything for each in (key.hex(), repr(key)[2:-1]))


def test_who_is_erased_by_an_id_is_found_where_it_is_hashed(
    devices: httpx.Client, production: Channel, refresh: Refresh
) -> None:
    chosen(CustomIdPolicy.HASHED, refresh)
    ask(devices, custom_id=NORA)
    sightings._buffer.flush()
    telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)
    (holder,) = (each for each in holders() if each.name == "devices")
    known = holder.related(Subject(custom_ids=frozenset({Scoped(APP_ID, NORA)})))
    assert known.devices == {Scoped(APP_ID, DEVICE_ID)}
    assert known.custom_ids == {Scoped(APP_ID, Device.objects.get().custom_id)}


def away(*_: Any, **__: Any) -> Any:
    raise SealingError


def test_without_the_kek_devices_are_answered_and_no_id_is_kept(
    devices: httpx.Client, production: Channel, refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(CustomIdPolicy.HASHED, refresh)
    custom_id_key._opened.cache_clear()
    monkeypatch.setattr(KEKRing, "unseal", away)
    App.objects.update(name="Clinic 2")
    decision_table_touch()
    serving.snapshot = snapshot_build(serving.snapshot)
    assert ask(devices, custom_id=NORA).status_code == 200
    sightings._buffer.flush()
    telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)
    assert Device.objects.get().custom_id == ""
