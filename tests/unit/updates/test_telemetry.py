"""Reading what devices tell: tolerant of everything that the protocol's history made of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.telemetry import (
    LATE_AFTER_MS,
    MAX_DETAIL_BYTES,
    MAX_DETAIL_VALUE,
    MAX_DETAILS,
    OLDEST_MS,
    DeviceReport,
    Sighting,
    at_utc,
    capgo_report_read,
    dedupe_key,
    happened_at_ms,
    milliseconds_of,
    ordering_ms,
    own_report_read,
    report_resolved,
    sighting_resolved,
    stored_text,
)
from updates.errors import EventRefusedError

NOW = 1_764_158_400_000
EVENT: dict[str, Any] = {
    "platform": "android",
    "device_id": "8f0f2f4e-0000-4000-8000-000000000001",
    "app_id": "com.example.clinic",
    "version_build": "1.0.0",
    "version_name": "1.2.0",
    "old_version_name": "1.1.0",
    "version_os": "15",
    "plugin_version": "8.51.23",
    "is_emulator": False,
    "is_prod": True,
    "defaultChannel": "",
    "action": "set",
    "timestamp": NOW - 1000,
}


def read(**changed: Any) -> DeviceReport:
    return capgo_report_read(EVENT | changed, received_at_ms=NOW)


@pytest.mark.parametrize(
    ("field", "told", "attribute", "understood"),
    [
        pytest.param("device_id", "8F0F2F4E-AB", "device_id", "8f0f2f4e-ab", id="id in capitals"),
        pytest.param("version_name", "builtin", "version", "", id="built-in by name"),
        pytest.param("version_name", "1.2.0:js/app.js", "version", "1.2.0", id="version and file"),
        pytest.param("version_name", None, "version", "", id="no version"),
        pytest.param("old_version_name", "builtin", "old_version", "", id="was built in"),
        pytest.param("version_build", 7, "native_version", "7", id="number for text"),
        pytest.param("version_os", None, "os_version", "", id="null"),
        pytest.param("is_emulator", "true", "is_emulator", True, id="flag as text"),
        pytest.param("is_prod", "False", "is_production", False, id="flag as capitalised text"),
        pytest.param("is_prod", {}, "is_production", True, id="flag of a wrong type"),
        pytest.param("timestamp", None, "claimed_at_ms", 0, id="no time"),
        pytest.param("timestamp", "1764158399000", "claimed_at_ms", NOW - 1000, id="time as text"),
        pytest.param("timestamp", float(NOW), "claimed_at_ms", NOW, id="time as float"),
        pytest.param("timestamp", -5, "claimed_at_ms", 0, id="negative time"),
        pytest.param("timestamp", 10**300, "claimed_at_ms", 0, id="absurd time"),
        pytest.param("timestamp", True, "claimed_at_ms", 0, id="flag for time"),
        pytest.param("action", "something_new", "action", "something_new", id="unknown action"),
        pytest.param("unknown", {"a": [1]}, "action", "set", id="unknown field"),
        pytest.param("metadata", "text", "detail", {}, id="metadata of a wrong type"),
        pytest.param(
            "metadata", {"took": 12, "why": None}, "detail", {"took": "12", "why": ""}, id="metadata"
        ),
    ],
)
def test_odd_values_are_read_as_well_as_they_can_be(
    field: str, told: object, attribute: str, understood: object
) -> None:
    assert getattr(read(**{field: told}), attribute) == understood


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"app_id": None}, id="no app"),
        pytest.param({"app_id": "../etc"}, id="app that no app id spells"),
        pytest.param({"device_id": 12}, id="device of a wrong type"),
        pytest.param({"device_id": ""}, id="no device"),
        pytest.param({"device_id": "a\nb"}, id="device with a line break"),
        pytest.param({"device_id": "a" * 65}, id="device too long"),
        pytest.param({"action": ""}, id="no action"),
        pytest.param({"action": "console:arrived"}, id="action that the console keeps to itself"),
    ],
)
def test_what_cannot_be_stored_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(EventRefusedError):
        read(**changed)
    with pytest.raises(EventRefusedError):
        own_report_read(EVENT | changed, EVENT | changed, received_at_ms=NOW)


@pytest.mark.parametrize("raw", [None, 1, "set", [], [EVENT]])
def test_what_is_no_object_is_refused(raw: object) -> None:
    with pytest.raises(EventRefusedError):
        capgo_report_read(raw, received_at_ms=NOW)
    with pytest.raises(EventRefusedError):
        own_report_read(EVENT, raw, received_at_ms=NOW)


@pytest.mark.parametrize(
    ("told", "bundles", "resolved"),
    [
        pytest.param(("1.0.0", "1.1.0"), {"1.1.0"}, ("", "1.1.0"), id="the native version is built in"),
        pytest.param(("1.2.0", "1.0.0"), {"1.2.0"}, ("1.2.0", ""), id="and so it was before"),
        pytest.param(("1.0.0", ""), {"1.0.0"}, ("1.0.0", ""), id="unless a bundle has its name"),
        pytest.param(("1.2.0", "1.1.0"), set(), ("1.2.0", "1.1.0"), id="others stay, known or not"),
    ],
)
def test_the_native_version_means_the_built_in_bundle(
    told: tuple[str, str], bundles: set[str], resolved: tuple[str, str]
) -> None:
    report = report_resolved(read(version_name=told[0], old_version_name=told[1]), bundles)

    assert (report.version, report.old_version) == resolved


@pytest.mark.parametrize(
    ("runs", "bundles", "resolved"),
    [
        pytest.param("1.0.0", {"1.1.0"}, "", id="the native version is built in"),
        pytest.param("1.0.0", {"1.0.0"}, "1.0.0", id="unless a bundle has its name"),
        pytest.param("1.2.0", set(), "1.2.0", id="others stay, known or not"),
        pytest.param("", {"1.0.0"}, "", id="no name"),
    ],
)
def test_a_check_is_read_as_an_event_is(runs: str, bundles: set[str], resolved: str) -> None:
    sighting = Sighting(
        app_id="com.example.clinic",
        device_id="a",
        platform="ios",
        version=runs,
        native_version="1.0.0",
        plugin_version="8.51.23",
        os_version="18.1",
        channel="production",
        is_emulator=False,
        is_production=True,
        seen_at_ms=NOW,
    )
    report = read(version_build="1.0.0", version_name=runs)

    assert sighting_resolved(sighting, bundles).version == resolved
    assert report_resolved(report, bundles).version == resolved


def test_without_a_native_version_nothing_is_resolved() -> None:
    assert report_resolved(read(version_build="", version_name=""), set()).version == ""


def test_the_file_of_a_file_level_failure_is_kept_as_detail() -> None:
    report = read(version_name="1.2.0:js/a:b.js", metadata={"file": "forged"})

    assert report.detail == {"file": "js/a:b.js"}


def test_metadata_is_cut_to_its_limits() -> None:
    long = read(metadata={"k" * 100: "v" * 5000}).detail
    assert long == {"k" * 64: "v" * MAX_DETAIL_VALUE}

    many = read(metadata={f"key {number}": "v" for number in range(100)}).detail
    assert len(many) == MAX_DETAILS


@pytest.mark.parametrize("letter", ["v", "ß", "\U0001f600"])
def test_all_metadata_of_an_event_together_is_small(letter: str) -> None:
    detail = read(metadata={f"key {number}": letter * 5000 for number in range(100)}).detail
    assert 0 < len(detail) < 9
    assert sum(len((name + text).encode()) for name, text in detail.items()) <= MAX_DETAIL_BYTES


def test_text_that_grows_in_lower_case_still_fits_its_column() -> None:
    assert len(read(platform="İ" * 16).platform) == 16
    own = {"app_id": "com.example.clinic", "device_id": "d1", "platform": "İ" * 16}
    assert len(own_report_read(own, {"action": "set"}, received_at_ms=NOW).platform) == 16


@given(st.dictionaries(st.sampled_from(sorted(EVENT)), st.none() | st.booleans() | st.integers() | st.text()))
def test_whatever_is_told_is_read_or_refused(changed: dict[str, Any]) -> None:
    try:
        report = read(**changed)
    except EventRefusedError:
        return
    assert len(report.version) <= 64
    assert at_utc(happened_at_ms(report)) <= at_utc(NOW + LATE_AFTER_MS)
    assert "\0" not in report.version + report.os_version + report.asked_channel


@given(st.text(st.characters(exclude_categories=())) | st.integers() | st.floats() | st.none())
def test_stored_text_is_text_that_both_databases_hold(value: object) -> None:
    text = stored_text(value, 10)

    assert len(text) <= 10
    assert "\0" not in text
    assert text.encode().decode() == text


@given(st.integers(min_value=0, max_value=253_402_300_799_000))
def test_milliseconds_survive_the_way_to_the_database_and_back(milliseconds: int) -> None:
    assert milliseconds_of(at_utc(milliseconds)) == milliseconds


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        pytest.param({}, True, id="told again an hour later"),
        pytest.param({"metadata": {"try": "2"}}, True, id="other metadata"),
        pytest.param({"timestamp": NOW - 999}, False, id="other time"),
        pytest.param({"action": "set_fail"}, False, id="other action"),
        pytest.param({"version_name": "1.3.0"}, False, id="other version"),
        pytest.param({"version_name": "1.2.0:a.js"}, False, id="one of its files"),
        pytest.param({"device_id": "other"}, False, id="other device"),
        pytest.param({"app_id": "com.example.other"}, False, id="other app"),
    ],
)
def test_an_event_is_known_by_what_it_says_happened(changed: dict[str, Any], *, is_same: bool) -> None:
    other = capgo_report_read(EVENT | changed, received_at_ms=NOW + 3_600_000)

    assert (dedupe_key(read()) == dedupe_key(other)) is is_same


def test_without_a_time_the_minute_of_arrival_tells_events_apart() -> None:
    untimed = EVENT | {"timestamp": None}
    arrivals = [NOW, NOW + 30_000, NOW + 61_000]
    keys = [dedupe_key(capgo_report_read(untimed, received_at_ms=arrival)) for arrival in arrivals]

    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("claimed", "happened", "ordered"),
    [
        pytest.param(0, NOW, NOW, id="no time: arrival"),
        pytest.param(NOW - 5000, NOW - 5000, NOW, id="seconds ago: the clocks differ"),
        pytest.param(NOW - LATE_AFTER_MS - 1, NOW - LATE_AFTER_MS - 1, NOW - LATE_AFTER_MS - 1, id="queued"),
        pytest.param(NOW + 60_000, NOW + 60_000, NOW, id="a little ahead"),
        pytest.param(NOW + 600_000, NOW, NOW, id="in the future: a broken clock"),
        pytest.param(NOW - OLDEST_MS - 1, NOW, NOW, id="long ago: a broken clock"),
    ],
)
def test_claimed_times_are_believed_within_reason(claimed: int, happened: int, ordered: int) -> None:
    report = read(timestamp=claimed)

    assert (happened_at_ms(report), ordering_ms(report)) == (happened, ordered)
