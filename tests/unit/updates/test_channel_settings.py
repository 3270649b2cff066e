from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.channel_settings import (
    SERVED,
    SETTING_NAMES,
    Asking,
    ChannelSettings,
    channel_admits,
    channel_settings_check,
)
from updates.errors import InvalidValueError

WIDE = ChannelSettings(
    public=True,
    self_assignable=False,
    platforms=("android", "ios"),
    allow_emulator=True,
    allow_development=True,
    allow_production=True,
    native_min="",
    native_max="",
    update_policy="none",
    blocks_under_native=False,
    store_update_required=False,
    guard_action="none",
    guard_failure_bps=500,
    guard_min_devices=50,
    guard_window_minutes=60,
    retention_days=None,
)
PHONE = Asking("ios", "2.1.0", is_emulator=False, is_production=True, is_member=False)


def with_(**changed: Any) -> ChannelSettings:
    return WIDE.changed(changed)  # type: ignore[arg-type]  # a table's rows


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        pytest.param({"allow_production": False, "allow_development": False}, "Allow builds", id="no build"),
        pytest.param({"native_min": "3", "native_max": "2.9"}, "above the greatest", id="crossed bounds"),
        pytest.param({"native_min": "new"}, "native version is one to three", id="no version"),
        pytest.param({"store_update_required": True}, "Say below which", id="required below nothing"),
        pytest.param({"update_policy": "all"}, "update policy", id="policy"),
        pytest.param({"guard_action": "shout"}, "action of the guard", id="guard's action"),
        pytest.param({"guard_failure_bps": 0}, "failure rate", id="guard's rate, none"),
        pytest.param({"guard_failure_bps": 10_001}, "failure rate", id="guard's rate, too high"),
        pytest.param({"guard_min_devices": 0}, "one device", id="guard's devices"),
        pytest.param({"guard_min_devices": 10**18}, "there can be", id="guard's devices, too many"),
        pytest.param({"guard_window_minutes": 0}, "looks back", id="guard's window, none"),
        pytest.param({"guard_window_minutes": 10_081}, "looks back", id="guard's window, too long"),
        pytest.param({"retention_days": 0}, "for ever", id="nothing kept"),
        pytest.param({"retention_days": 3651}, "for ever", id="kept too long"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidValueError, match=says):
        channel_settings_check(with_(**changed), is_preview=False)


@pytest.mark.parametrize("changed", [{}, {"public": False, "self_assignable": True}])
def test_a_preview_is_open_to_no_stranger(changed: dict[str, Any]) -> None:
    channel_settings_check(with_(public=False), is_preview=True)
    with pytest.raises(InvalidValueError, match="for its testers"):
        channel_settings_check(with_(**changed), is_preview=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"native_min": "2", "native_max": "2.0.0", "store_update_required": True},
        {"guard_failure_bps": 10_000, "guard_window_minutes": 10_080, "retention_days": 3650},
        {"guard_failure_bps": 1, "guard_min_devices": 1, "guard_window_minutes": 1, "retention_days": 1},
    ],
)
def test_a_setting_may_be_at_its_bound(changed: dict[str, Any]) -> None:
    channel_settings_check(with_(**changed), is_preview=False)


@pytest.mark.parametrize(
    ("changed", "device", "admitted"),
    [
        pytest.param({}, {}, True, id="everybody"),
        pytest.param({"platforms": ["android"]}, {}, False, id="another platform"),
        pytest.param({"allow_emulator": False}, {}, True, id="no emulators: a phone"),
        pytest.param({"allow_emulator": False}, {"is_emulator": True}, False, id="no emulators: one"),
        pytest.param({"allow_production": False}, {}, False, id="no production: the store's build"),
        pytest.param(
            {"allow_production": False}, {"is_production": False}, True, id="no production: another"
        ),
        pytest.param({"allow_development": False}, {"is_production": False}, False, id="no development"),
        pytest.param({"native_min": "2.1"}, {}, True, id="at the least version"),
        pytest.param({"native_min": "2.1.1"}, {}, False, id="below it"),
        pytest.param({"native_max": "2.1"}, {}, True, id="at the greatest version"),
        pytest.param({"native_max": "2.0"}, {}, False, id="above it"),
        pytest.param({"native_max": "2"}, {"native_version": "odd"}, False, id="a version nobody can read"),
        pytest.param({"public": False}, {}, False, id="private: a stranger"),
        pytest.param({"public": False}, {"is_member": True}, True, id="private: a member"),
        pytest.param({"public": False, "self_assignable": True}, {}, True, id="self-assignable"),
    ],
)
def test_settings_say_whom_they_let_in(
    *, changed: dict[str, Any], device: dict[str, Any], admitted: bool
) -> None:
    told = {name: getattr(PHONE, name) for name in Asking.__slots__} | device
    assert channel_admits(with_(**changed), Asking(**told)) is admitted


@given(st.sampled_from(["native_min", "native_max"]), st.text(max_size=8), st.text(max_size=8))
def test_no_bound_admits_anybody_whom_no_bound_would_not(name: str, bound: str, native: str) -> None:
    told = {each: getattr(PHONE, each) for each in Asking.__slots__} | {"native_version": native}
    if channel_admits(with_(**{name: bound}), Asking(**told)):
        assert channel_admits(WIDE, Asking(**told))


def test_a_difference_names_what_changes_alone() -> None:
    assert WIDE.difference(with_(public=False, platforms=["android", "ios"])) == {"public": (True, False)}


def test_whatever_a_device_is_told_of_counts_as_served() -> None:
    console_only = {name for name in SETTING_NAMES if name.startswith("guard_")} | {"retention_days"}
    assert set(SETTING_NAMES) - console_only == SERVED
