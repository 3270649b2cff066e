"""The last known state of a device, folded from what it told, in whatever order that arrived.

The running version is known from update checks and from the events that say "this version runs now"
(`outcomes.SUCCESSES`). Each carries a time by our clock; the latest wins, so a queue that a phone kept while
it was offline never turns the state back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from updates.domain.outcomes import SUCCESSES
from updates.domain.telemetry import DeviceReport, Sighting, ordering_ms

# After `reset` the built-in bundle runs, whatever the event names as its subject.
_RESET: Final = "reset"


@dataclass(frozen=True, slots=True)
class DeviceState:
    """One device as it last told; times are milliseconds.

    Attributes:
        version_at_ms: Dates `version` alone; 0 if no version is known.
        checked_at_ms: Dates what only checks tell (channel, custom_id, attributes, way back); 0 if none came.
        custom_id: As far as the app keeps it, and so are the attributes.
    """

    platform: str = ""
    version: str = ""
    native_version: str = ""
    plugin_version: str = ""
    os_version: str = ""
    channel: str = ""
    is_emulator: bool = False
    is_production: bool = True
    first_seen_ms: int = 0
    last_seen_ms: int = 0
    version_at_ms: int = 0
    checked_at_ms: int = 0
    custom_id: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    has_way_back: bool = True


def state_after_sighting(current: DeviceState | None, sighting: Sighting) -> DeviceState:
    """Apply an update check: it tells everything, the channel included.

    A process flushes its checks a moment later than a report arrives. So the check before an update may come
    after the event that says it's done: it's late for the version, and still the latest word on the channel.
    """
    at_ms = sighting.seen_at_ms
    state = _described(
        _seen(current, at_ms), sighting, is_latest=current is None or at_ms >= current.last_seen_ms
    )
    if current is None or at_ms >= current.checked_at_ms:
        state = _as_checked(state, sighting)
    if current is not None and at_ms < current.version_at_ms:
        return state
    return replace(state, version=sighting.version, version_at_ms=at_ms)


def state_after_report(current: DeviceState | None, report: DeviceReport) -> DeviceState:
    """Apply an event: it tells about the device, but about the running version only if it says so."""
    at_ms = ordering_ms(report)
    state = _seen(current, at_ms)
    if current is None or at_ms >= current.last_seen_ms:
        state = _described(state, report, is_latest=True)
    runs = _running_version(report)
    if runs is None or at_ms < state.version_at_ms:
        return state
    return replace(state, version=runs, version_at_ms=at_ms)


def _running_version(report: DeviceReport) -> str | None:
    if report.action == _RESET:
        return ""
    return report.version if report.action in SUCCESSES else None


def _described(state: DeviceState, told: Sighting | DeviceReport, *, is_latest: bool) -> DeviceState:
    """Take what checks and events both tell; from one that came late only what wasn't known."""
    if not is_latest:
        return replace(
            state,
            platform=state.platform or told.platform,
            native_version=state.native_version or told.native_version,
            plugin_version=state.plugin_version or told.plugin_version,
            os_version=state.os_version or told.os_version,
        )
    return replace(
        state,
        platform=told.platform or state.platform,
        native_version=told.native_version or state.native_version,
        plugin_version=told.plugin_version or state.plugin_version,
        os_version=told.os_version or state.os_version,
        is_emulator=told.is_emulator,
        is_production=told.is_production,
    )


def _as_checked(state: DeviceState, sighting: Sighting) -> DeviceState:
    return replace(
        state,
        # A check that no channel answered leaves the device where it was last served from.
        channel=sighting.channel or state.channel,
        checked_at_ms=sighting.seen_at_ms,
        custom_id=sighting.custom_id,
        attributes=sighting.attributes,
        has_way_back=sighting.has_way_back,
    )


def _seen(current: DeviceState | None, at_ms: int) -> DeviceState:
    if current is None:
        return DeviceState(first_seen_ms=at_ms, last_seen_ms=at_ms)
    return replace(
        current,
        first_seen_ms=min(current.first_seen_ms, at_ms),
        last_seen_ms=max(current.last_seen_ms, at_ms),
    )
