"""Sightings: noted without waiting, flushed by a thread, bounded while Redis is away."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import redis

from tests.integration.updates.telemetry.conftest import NOON_MS, report, sighting
from updates.backends import events
from updates.domain.targeting import DeviceFacts
from updates.domain.telemetry import Sighting
from updates.errors import EventsNotAcceptedError
from updates.gateway.sightings import SightingBuffer
from updates.models import App, Device
from updates.services.telemetry import DrainReport

PHONE = DeviceFacts("com.example.clinic", "phone", "ios", "1.0.0", "1.2.0")


def streamed() -> list[Sighting]:
    entries = events.stream_read(events.SIGHTING_STREAM, after="0-0", count=1000)
    return [sighting for entry in entries for sighting in events.sightings_decode(entry.payload)]


def test_a_note_reaches_the_stream_by_itself(redis_client: redis.Redis) -> None:
    flushed = threading.Event()

    def append(sightings: Sequence[Sighting]) -> None:
        events.sightings_append(sightings)
        flushed.set()

    buffer = SightingBuffer(append)
    buffer.note(PHONE, "production")
    assert flushed.wait(10)
    buffer.stop()

    (sighting,) = streamed()
    assert (sighting.device_id, sighting.version, sighting.channel) == ("phone", "1.2.0", "production")


def test_many_sightings_share_an_entry(redis_client: redis.Redis) -> None:
    buffer = SightingBuffer()
    buffer._thread = threading.current_thread()  # flushed by hand below
    for _ in range(2500):
        buffer.note(PHONE, "production")
    buffer.flush()

    assert len(streamed()) == 2500
    assert redis_client.xlen(events.SIGHTING_STREAM) == 25


def test_while_redis_is_away_the_newest_wait_and_the_buffer_does_not_grow() -> None:
    taken: list[Sighting] = []
    away = True

    def append(sightings: Sequence[Sighting]) -> None:
        if away:
            raise EventsNotAcceptedError
        taken.extend(sightings)

    buffer = SightingBuffer(append, capacity=3)
    buffer._thread = threading.current_thread()
    for number in range(5):
        buffer.note(DeviceFacts("app", str(number), "ios", "1", ""), "")
        try:
            buffer.flush()
        except EventsNotAcceptedError:
            continue
    away = False
    buffer.flush()

    assert [sighting.device_id for sighting in taken] == ["2", "3", "4"]


def test_what_no_column_holds_is_cut_before_it_shares_an_entry() -> None:
    taken: list[Sighting] = []
    buffer = SightingBuffer(taken.extend)
    buffer._thread = threading.current_thread()
    odd = DeviceFacts(
        "app",
        "phone",
        "i" * 60,
        "1\0" * 60,
        "v" * 99,
        os_version="o" * 64,
        plugin_version="p" * 64,
        custom_id="c" * 99,
        attributes={"ring": "staff"},
    )
    buffer.note(odd, "")
    buffer.flush()

    (sighting,) = taken
    assert [len(text) for text in (sighting.platform, sighting.native_version, sighting.version)] == [
        16,
        32,
        64,
    ]
    assert [len(text) for text in (sighting.plugin_version, sighting.os_version)] == [32, 32]
    assert "\0" not in sighting.native_version
    assert (len(sighting.custom_id), sighting.attributes) == (64, {"ring": "staff"})


# granian ends its workers as multiprocessing does: by its finalizers, not by atexit.
_WORKER = """
import multiprocessing, django
django.setup()
from updates.domain.targeting import DeviceFacts
from updates.gateway import sightings

def work():
    sightings.FLUSH_SECONDS = 3600
    sightings.sighting_note(DeviceFacts("app", "last words", "ios", "1", ""), "")

worker = multiprocessing.get_context("fork").Process(target=work)
worker.start()
worker.join()
"""


def test_what_was_noted_last_is_flushed_when_the_process_ends(redis_client: redis.Redis) -> None:
    subprocess.run([sys.executable, "-c", _WORKER], check=True)

    assert [sighting.device_id for sighting in streamed()] == ["last words"]


@pytest.mark.parametrize(
    ("native", "runs"),
    [
        pytest.param("1.0.0", "", id="the native version is built in"),
        pytest.param("1.2.0", "1.2.0", id="unless a bundle has its name"),
    ],
)
def test_a_check_and_an_event_tell_the_same_version(
    tell: Callable[..., DrainReport], native: str, runs: str
) -> None:
    tell(report("set", native, native_version=native))
    assert Device.objects.get().version == runs
    tell(sighting(native, native_version=native, seen_at_ms=NOON_MS + 60_000))
    assert Device.objects.get().version == runs


KEPT = {"custom_id_policy": "allowed", "attributes": [{"name": "ward", "values": ["icu", "er"]}]}


@pytest.mark.parametrize(
    ("keeps", "custom_id", "attributes"),
    [
        pytest.param(KEPT, "nora-7", {"ward": "icu"}, id="both"),
        pytest.param(KEPT | {"custom_id_policy": "off"}, "", {"ward": "icu"}, id="attributes alone"),
        pytest.param(KEPT | {"attributes": []}, "nora-7", {}, id="custom ids alone"),
        pytest.param({}, "", {}, id="nothing"),
    ],
)
def test_what_may_name_somebody_is_kept_only_as_far_as_the_app_says(
    keeps: dict[str, Any], custom_id: str, attributes: dict[str, str], tell: Callable[..., DrainReport]
) -> None:
    App.objects.update(**keeps)
    tell(sighting(custom_id="nora-7", attributes={"ward": "icu", "name": "Nora"}))

    device = Device.objects.get()
    assert (device.custom_id, device.attributes) == (custom_id, attributes)


def test_a_value_that_the_app_does_not_list_is_dropped(tell: Callable[..., DrainReport]) -> None:
    App.objects.update(**KEPT)
    tell(sighting(attributes={"ward": "Nora's room"}))

    assert Device.objects.get().attributes == {}


def test_a_check_without_them_clears_them_and_an_event_leaves_them(tell: Callable[..., DrainReport]) -> None:
    App.objects.update(**KEPT)
    tell(sighting(custom_id="nora-7", attributes={"ward": "icu"}))
    tell(report("set"))
    assert Device.objects.get().custom_id == "nora-7"

    tell(sighting(seen_at_ms=NOON_MS + 60_000))
    device = Device.objects.get()
    assert (device.custom_id, device.attributes) == ("", {})


def test_whether_its_plugin_knows_a_way_back_is_kept(tell: Callable[..., DrainReport]) -> None:
    tell(sighting("1.2.0", has_way_back=False))
    assert Device.objects.get().has_way_back is False
