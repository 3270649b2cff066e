"""What is counted per hour, channel and version.

Besides the reported actions the drain counts three things of its own, whose names no report can take (an
action has no colon): update checks, and devices arriving at and leaving a place, a place being a version on a
channel. Arrivals less departures, summed up to an hour, are the devices that ran the version then: the
adoption curve, without keeping a row per device and hour.
"""

from collections import Counter
from collections.abc import Collection
from typing import Final, NamedTuple

from updates.domain.device_state import DeviceState
from updates.domain.outcomes import FAILURES, SUCCESSES

CHECKED: Final = "console:checked"
ARRIVED: Final = "console:arrived"
LEFT: Final = "console:left"
# Reports of actions that aren't known are counted together: names that anyone may invent mustn't make rows.
OTHER: Final = "console:other"
HOUR_MS: Final = 3_600_000

LIFECYCLE: Final = frozenset({
    "app_moved_to_foreground",
    "app_moved_to_background",
    "app_launch_start",
    "app_launch_timeout",
    "os_version_changed",
    "native_app_version_changed",
    "ping",
    "download_complete",
    "download_zip_start",
    "download_zip_complete",
    "download_manifest_start",
    "download_manifest_complete",
    "blocked_by_server_url",
    "set_next",
    "reset",
    "delete",
    "rate_limit_reached",
    *(f"download_{tens}" for tens in range(0, 100, 10)),
})
HEALTH: Final = frozenset({
    "app_crash",
    "app_crash_native",
    "app_anr",
    "app_killed_low_memory",
    "app_killed_excessive_resource_usage",
    "app_initialization_failure",
    "app_memory_warning",
    "webview_javascript_error",
    "webview_unhandled_rejection",
    "webview_resource_error",
    "webview_security_policy_violation",
    "webview_unclean_restart",
    "webview_render_process_gone",
    "webview_content_process_terminated",
    "webview_dom_content_loaded",
    "webview_page_loaded",
})
KNOWN_ACTIONS: Final = SUCCESSES | FAILURES | LIFECYCLE | HEALTH


class RollupKey(NamedTuple):
    """One counter; `hour_ms` is the start of its hour."""

    app_id: str
    hour_ms: int
    channel: str
    version: str
    action: str


class Place(NamedTuple):
    """Where a device is counted."""

    channel: str
    version: str


Rollups = Counter[RollupKey]


def rollup_key(app_id: str, at_ms: int, place: Place, action: str) -> RollupKey:
    """Name the counter of one happening."""
    return RollupKey(app_id, at_ms - at_ms % HOUR_MS, place.channel, place.version, action)


def counted_action(action: str) -> str:
    """Name a reported action as it is counted."""
    return action if action in KNOWN_ACTIONS else OTHER


def place_of(state: DeviceState | None, versions: Collection[str]) -> Place | None:
    """Find where a device is counted: nowhere as long as no version, or none of the app's, is known of it."""
    if state is None or not state.version_at_ms:
        return None
    if state.version and state.version not in versions:
        return None
    return Place(state.channel, state.version)


def movement_count(
    rollups: Rollups,
    app_id: str,
    before: DeviceState | None,
    after: DeviceState,
    versions: Collection[str],
) -> None:
    """Count a device's move from one place to another, in the hour in which its new state was told."""
    left, arrived = place_of(before, versions), place_of(after, versions)
    if left == arrived:
        return
    at_ms = after.version_at_ms or after.last_seen_ms
    if left is not None:
        rollups[rollup_key(app_id, at_ms, left, LEFT)] += 1
    if arrived is not None:
        rollups[rollup_key(app_id, at_ms, arrived, ARRIVED)] += 1
