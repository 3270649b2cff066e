"""Folding what devices tell into what is known of them, and into counters; in any order."""

from collections import Counter
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.device_state import DeviceState, state_after_report, state_after_sighting
from updates.domain.rollups import (
    ARRIVED,
    HOUR_MS,
    LEFT,
    OTHER,
    Place,
    Rollups,
    counted_action,
    movement_count,
    place_of,
    rollup_key,
)
from updates.domain.telemetry import DeviceReport, Sighting

APP = "com.example.clinic"
VERSIONS = frozenset({"1.1.0", "1.2.0"})
NOON = 1_764_158_400_000


def sighting(
    version: str, at_ms: int = 0, *, channel: str = "production", os_version: str = "18"
) -> Sighting:
    return Sighting(
        APP, "phone", "ios", version, "1.0.0", "8.51.23", os_version, channel, False, True, NOON + at_ms
    )


def report(action: str, version: str, at_ms: int = 0, **changed: Any) -> DeviceReport:
    fields: dict[str, Any] = {
        "old_version": "",
        "asked_channel": "",
        "platform": "ios",
        "native_version": "1.0.0",
        "plugin_version": "8.51.23",
        "os_version": "18",
        "is_emulator": False,
        "is_production": True,
        "detail": {},
        "received_at_ms": NOON + at_ms,
    }
    return DeviceReport(
        app_id=APP,
        device_id="phone",
        action=action,
        version=version,
        claimed_at_ms=NOON + at_ms,
        **(fields | changed),
    )


def folded(*told: Sighting | DeviceReport) -> DeviceState:
    state: DeviceState | None = None
    for one in told:
        state = (
            state_after_sighting(state, one) if isinstance(one, Sighting) else state_after_report(state, one)
        )
    assert state is not None
    return state


@pytest.mark.parametrize(
    ("told", "runs"),
    [
        pytest.param([report("set", "1.2.0")], "1.2.0", id="set"),
        pytest.param([report("app_launch_ready", "1.2.0")], "1.2.0", id="ready"),
        pytest.param([report("download_complete", "1.2.0")], "", id="only downloaded"),
        pytest.param([sighting("1.1.0"), report("download_complete", "1.2.0", 9)], "1.1.0", id="not set yet"),
        pytest.param(
            [sighting("1.1.0"), report("set", "1.2.0", 9), report("reset", "1.2.0", 10)], "", id="reset"
        ),
        pytest.param([report("set", "1.2.0"), sighting("1.1.0", 9)], "1.1.0", id="went back by itself"),
    ],
)
def test_only_what_says_so_changes_the_running_version(
    told: list[Sighting | DeviceReport], runs: str
) -> None:
    assert folded(*told).version == runs


def test_any_order_of_arrival_ends_in_the_same_state() -> None:
    told: list[Sighting | DeviceReport] = [
        sighting("", 0),
        report("set", "1.1.0", 1000),
        sighting("1.1.0", 2000),
        report("set", "1.2.0", 3000),
    ]
    (state,) = {folded(*order) for order in permutations(told)}

    assert (state.version, state.first_seen_ms, state.last_seen_ms) == ("1.2.0", NOON, NOON + 3000)


def test_a_check_that_comes_after_its_update_still_tells_the_channel() -> None:
    before, done = sighting("", 0), report("set", "1.2.0", 3000)
    late = sighting("", 2000, channel="beta")

    assert folded(done, late).channel == "beta"
    assert folded(before, done, late).channel == "beta"
    assert folded(before, done, late).version == "1.2.0"
    assert folded(late, done, before).channel == "beta"


def test_what_comes_late_fills_in_what_was_not_known_and_no_more() -> None:
    told = report("set", "1.2.0", 3000, os_version="", native_version="2.0.0")

    late = folded(told, sighting("", 2000, os_version="17"))

    assert (late.os_version, late.native_version) == ("17", "2.0.0")


def test_an_event_seconds_behind_by_the_devices_clock_still_counts() -> None:
    behind = report("set", "1.2.0", 2000, received_at_ms=NOON + 62_000)

    assert folded(sighting("", 60_000), behind).version == "1.2.0"


def test_a_check_that_no_channel_answered_leaves_the_channel() -> None:
    assert folded(sighting("", 0), sighting("", 1, channel="")).channel == "production"


def test_an_empty_field_of_an_event_erases_nothing() -> None:
    assert folded(sighting(""), report("ping", "", 1, os_version="")).os_version == "18"


def test_a_device_is_nowhere_until_a_version_of_the_app_is_known_of_it() -> None:
    assert place_of(None, VERSIONS) is None
    assert place_of(folded(report("ping", "1.2.0")), VERSIONS) is None
    assert place_of(folded(sighting("6.6.6")), VERSIONS) is None
    assert place_of(folded(sighting("")), VERSIONS) == Place("production", "")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "1.1.0", "1.2.0", "6.6.6"]),
            st.sampled_from(["production", "beta"]),
            st.integers(0, 50 * HOUR_MS),
        ),
        min_size=1,
    )
)
def test_arrivals_less_departures_are_where_the_device_is(told: list[tuple[str, str, int]]) -> None:
    rollups = Rollups()
    state: DeviceState | None = None
    for version, channel, at_ms in told:
        after = state_after_sighting(state, sighting(version, at_ms, channel=channel))
        movement_count(rollups, APP, state, after, VERSIONS)
        state = after
    present: Counter[Place] = Counter()
    for key, count in rollups.items():
        present[Place(key.channel, key.version)] += count if key.action == ARRIVED else -count

    assert {key.action for key in rollups} <= {ARRIVED, LEFT}
    place = place_of(state, VERSIONS)
    assert {place: count for place, count in present.items() if count} == ({place: 1} if place else {})


def test_counters_are_named_by_the_start_of_their_hour() -> None:
    assert rollup_key(APP, NOON + HOUR_MS - 1, Place("beta", ""), "set").hour_ms == NOON


def test_actions_that_nobody_knows_share_a_counter() -> None:
    assert (counted_action("download_40"), counted_action("invented")) == ("download_40", OTHER)
