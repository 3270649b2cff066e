"""The way from the streams into the tables: everything once, nothing lost, nothing in the way."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
from django.db import IntegrityError, OperationalError

from tests.integration.updates.telemetry.conftest import APP_ID, DEVICE, NOON_MS, drain, report, sighting
from updates.backends import events
from updates.domain.rollups import ARRIVED, CHECKED, LEFT, OTHER
from updates.domain.telemetry import DeviceReport
from updates.models import App, Device, DeviceEvent, HourlyRollup, InstallOutcome, StreamPosition
from updates.services.telemetry import DrainReport, telemetry_drain
from updates.services.telemetry import drain as drain_module
from updates.services.telemetry.reports import Stored, reports_store

Tell = Callable[..., DrainReport]


def counted(action: str, *, version: str = "1.2.0", channel: str = "production") -> int:
    rows = HourlyRollup.objects.filter(action=action, version=version, channel_name=channel)
    return sum(row.count for row in rows)


def test_a_report_becomes_an_event_a_count_an_outcome_and_the_state_of_its_device(tell: Tell) -> None:
    moved = tell(sighting(""), report("set", detail={"size": "12"}))

    assert moved == DrainReport(events=1, sightings=1)
    event = DeviceEvent.objects.get()
    assert (event.action, event.version, event.channel_name) == ("set", "1.2.0", "production")
    assert event.detail == {"size": "12"}
    assert event.happened_at.timestamp() * 1000 == NOON_MS
    assert counted("set") == 1
    assert counted(CHECKED, version="") == 1
    assert InstallOutcome.objects.get().outcome == "installed"
    device = Device.objects.get()
    assert (device.version, device.channel_name, device.os_version) == ("1.2.0", "production", "18.1")


def test_a_duplicate_in_the_same_batch_counts_once(tell: Tell) -> None:
    moved = tell(report(), report())

    assert moved == DrainReport(events=1, duplicates=1)
    assert counted("set", channel="") == 1


def test_a_duplicate_in_a_later_batch_counts_once(tell: Tell) -> None:
    tell(report())
    moved = tell(report(received_at_ms=NOON_MS + 90_000), report("app_launch_ready"))

    assert moved == DrainReport(events=1, duplicates=1)
    assert counted("set", channel="") == 1
    assert DeviceEvent.objects.count() == 2


def test_drained_entries_leave_redis(tell: Tell, redis_client: redis.Redis) -> None:
    tell(sighting(), report())

    assert redis_client.xlen("rc:events") == redis_client.xlen("rc:sightings") == 0


def test_a_crash_between_commit_and_trim_counts_nothing_twice(
    tell: Tell, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_stream: str, *, through: str) -> None:
        if through != "0-0":
            raise redis.ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(drain_module, "stream_forget", die)
        with pytest.raises(redis.ConnectionError):
            tell(report(), report("app_crash"))
    assert redis_client.xlen("rc:events") == 2

    moved = drain()

    assert moved == DrainReport()
    assert counted("set", channel="") == 1
    assert redis_client.xlen("rc:events") == 0


def test_a_crash_before_the_commit_loses_nothing(
    tell: Tell, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("updates.services.telemetry.reports.rollups_add", _database_gone)
        with pytest.raises(OperationalError):
            tell(report())
    assert not DeviceEvent.objects.exists()
    assert not Device.objects.exists()
    assert redis_client.xlen("rc:events") == 1

    assert drain() == DrainReport(events=1)


def test_a_redis_that_lost_its_data_and_whose_clock_is_behind_loses_nothing_more(
    tell: Tell, redis_client: redis.Redis
) -> None:
    tell(sighting(), report())
    StreamPosition.objects.update(last_id=f"{NOON_MS * 10}-0")  # named by a clock far ahead
    redis_client.flushall()

    assert tell(sighting(), report("app_crash")) == DrainReport(events=1, sightings=1)
    assert tell(report("set_fail")) == DrainReport(events=1)
    assert redis_client.xlen("rc:events") == 0


def test_a_stream_that_is_gone_leaves_the_position_alone(tell: Tell, redis_client: redis.Redis) -> None:
    tell(report())
    position = StreamPosition.objects.get(stream="rc:events").last_id
    redis_client.flushall()

    assert drain() == DrainReport()
    assert StreamPosition.objects.get(stream="rc:events").last_id == position


def _database_gone(*_: object) -> None:
    raise OperationalError


def test_a_drainer_that_comes_second_stores_nothing_and_deletes_nothing(
    tell: Tell, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = events.stream_read

    def read_then_be_overtaken(stream: str, *, after: str, count: int) -> list[events.Entry]:
        entries = read(stream, after=after, count=count)
        if entries:
            # Somebody else has committed the first of the two entries read here.
            StreamPosition.objects.filter(stream=stream).update(last_id=entries[0].id)
            monkeypatch.setattr(drain_module, "stream_read", read)
        return entries

    monkeypatch.setattr(drain_module, "stream_read", read_then_be_overtaken)
    tell(report(), report("app_crash"))

    assert [event.action for event in DeviceEvent.objects.all()] == []
    assert redis_client.xlen("rc:events") == 1
    assert drain() == DrainReport(events=1)
    assert [event.action for event in DeviceEvent.objects.all()] == ["app_crash"]


@pytest.mark.parametrize(
    ("told", "runs"),
    [
        pytest.param([(0, "1.1.0"), (1, "1.2.0")], "1.2.0", id="in order"),
        pytest.param([(1, "1.2.0"), (0, "1.1.0")], "1.2.0", id="in one batch, out of order"),
    ],
)
def test_the_latest_told_version_is_the_devices(tell: Tell, told: list[tuple[int, str]], runs: str) -> None:
    hour = 3_600_000
    tell(
        *(
            report(version=version, claimed_at_ms=NOON_MS + at * hour, received_at_ms=NOON_MS + 2 * hour)
            for at, version in told
        )
    )
    assert Device.objects.get().version == runs


def test_a_queue_that_arrives_late_does_not_turn_the_device_back(tell: Tell) -> None:
    hour = 3_600_000
    tell(sighting("1.2.0", seen_at_ms=NOON_MS + hour))
    tell(report(version="1.1.0", claimed_at_ms=NOON_MS, received_at_ms=NOON_MS + hour + 1000))

    assert Device.objects.get().version == "1.2.0"


def test_a_move_is_an_arrival_and_a_departure(tell: Tell) -> None:
    tell(sighting("1.1.0"))
    tell(sighting("1.2.0", seen_at_ms=NOON_MS + 1000))
    tell(sighting("1.2.0", seen_at_ms=NOON_MS + 2000))

    assert (counted(ARRIVED, version="1.1.0"), counted(LEFT, version="1.1.0")) == (1, 1)
    assert (counted(ARRIVED), counted(LEFT)) == (1, 0)


def test_invented_versions_channels_and_actions_make_no_counters(tell: Tell) -> None:
    tell(
        report("made_up_action"),
        report(version="6.6.6", asked_channel="nowhere"),
    )
    assert [(row.version, row.action) for row in HourlyRollup.objects.all()] == [("1.2.0", OTHER)]
    assert not InstallOutcome.objects.exists()
    assert DeviceEvent.objects.count() == 2


def test_reports_about_an_app_that_is_gone_are_dropped_and_counted(tell: Tell) -> None:
    moved = tell(report(app_id="com.example.gone"), sighting(app_id="com.example.gone"), report())

    assert moved == DrainReport(events=1, orphans=2)
    assert Device.objects.get().app_id == APP_ID


def test_an_unreadable_entry_is_set_aside_and_stops_nothing(tell: Tell, redis_client: redis.Redis) -> None:
    redis_client.xadd("rc:events", {"r": b"\xc1 not msgpack"})
    redis_client.xadd("rc:events", {"other": b""})
    redis_client.xadd("rc:sightings", {"r": b"\x91\x01"})

    assert tell(report()) == DrainReport(events=1, dead_letters=3)
    assert redis_client.xlen("rc:dead-letters") == 3
    assert redis_client.xlen("rc:events") == 0


def test_an_entry_that_the_database_refuses_is_set_aside_alone(
    tell: Tell, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_crashes(reports: list[DeviceReport]) -> Stored:
        if any(told.action == "app_crash" for told in reports):
            raise IntegrityError
        return reports_store(reports)

    monkeypatch.setattr("updates.services.telemetry.drain.reports_store", refuse_crashes)

    assert tell(report(), report("app_crash"), report("ping")) == DrainReport(events=2, dead_letters=1)
    assert {event.action for event in DeviceEvent.objects.all()} == {"set", "ping"}
    assert redis_client.xlen("rc:events") == 0


def test_a_run_ends_when_its_time_is_up_and_the_next_goes_on(
    tell: Tell, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain_module, "SQLITE_BATCH", 2)
    monkeypatch.setattr(drain_module, "POSTGRESQL_BATCH", 2)
    events.events_append([report(claimed_at_ms=NOON_MS + number) for number in range(5)])

    assert telemetry_drain(at_most=timedelta(0)) == DrainReport(events=2)
    assert redis_client.xlen("rc:events") == 3
    assert drain() == DrainReport(events=3)


def test_outcomes_count_devices_not_reports(tell: Tell) -> None:
    other = "8f0f2f4e-0000-4000-8000-000000000002"
    tell(
        *(report("checksum_fail", claimed_at_ms=NOON_MS + n * 1000) for n in range(20)),
        report("set", device_id=other),
    )
    tell(report("update_fail", device_id=other, claimed_at_ms=NOON_MS + 9000, received_at_ms=NOON_MS + 9000))

    outcomes = InstallOutcome.objects.values_list("device_id", "outcome", "reason").order_by("device_id")
    assert list(outcomes) == [(DEVICE, "failed", "checksum_fail"), (other, "failed", "update_fail")]


def test_a_start_that_may_be_the_built_in_bundles_is_no_proof_of_an_install(tell: Tell) -> None:
    named_alike = {"version": "1.2.0", "native_version": "1.2.0"}
    tell(report("app_launch_ready", **named_alike))
    assert not InstallOutcome.objects.exists()

    tell(report("set", **named_alike))
    assert InstallOutcome.objects.get().outcome == "installed"
    assert Device.objects.get().version == "1.2.0"


def test_ten_thousand_events_of_a_thousand_devices_are_drained_to_the_last_one(
    tell: Tell, clinic: App, redis_client: redis.Redis
) -> None:
    reports = [
        report(action, device_id=f"device-{number}", claimed_at_ms=NOON_MS + minute)
        for number in range(1000)
        for minute, action in enumerate(("set", *("app_moved_to_foreground",) * 8, "app_launch_ready"))
    ]
    moved = tell(*reports, *reports[:500])

    assert moved == DrainReport(events=10_000, duplicates=500)
    assert Device.objects.filter(app=clinic, version="1.2.0").count() == 1000
    assert counted("app_moved_to_foreground", channel="") == 8000
    assert counted(ARRIVED, channel="") == 1000
    assert InstallOutcome.objects.count() == 1000
    assert redis_client.xlen("rc:events") == 0
