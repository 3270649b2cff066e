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
    """One device as it last told; times are milliseconds. `version_at_ms` dates `version` alone.

    `custom_id` and `attributes` come with checks, and are here only as far as the app keeps them.
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
    custom_id: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    has_way_back: bool = True


def state_after_sighting(current: DeviceState | None, sighting: Sighting) -> DeviceState:
    """Apply an update check: it tells everything, the channel included."""
    at_ms = sighting.seen_at_ms
    state = _seen(current, at_ms)
    if current is not None and at_ms < current.version_at_ms:
        return state
    return replace(
        state,
        platform=sighting.platform,
        version=sighting.version,
        native_version=sighting.native_version,
        plugin_version=sighting.plugin_version,
        os_version=sighting.os_version,
        # A check that no channel answered leaves the device where it was last served from.
        channel=sighting.channel or state.channel,
        is_emulator=sighting.is_emulator,
        is_production=sighting.is_production,
        version_at_ms=at_ms,
        custom_id=sighting.custom_id,
        attributes=sighting.attributes,
        has_way_back=sighting.has_way_back,
    )


def state_after_report(current: DeviceState | None, report: DeviceReport) -> DeviceState:
    """Apply an event: it tells about the device, but about the running version only if it says so."""
    at_ms = ordering_ms(report)
    state = _seen(current, at_ms)
    if current is None or at_ms >= current.last_seen_ms:
        state = replace(
            state,
            platform=report.platform or state.platform,
            native_version=report.native_version or state.native_version,
            plugin_version=report.plugin_version or state.plugin_version,
            os_version=report.os_version or state.os_version,
            is_emulator=report.is_emulator,
            is_production=report.is_production,
        )
    runs = _running_version(report)
    if runs is None or at_ms < state.version_at_ms:
        return state
    return replace(state, version=runs, version_at_ms=at_ms)


def _running_version(report: DeviceReport) -> str | None:
    if report.action == _RESET:
        return ""
    return report.version if report.action in SUCCESSES else None


def _seen(current: DeviceState | None, at_ms: int) -> DeviceState:
    if current is None:
        return DeviceState(first_seen_ms=at_ms, last_seen_ms=at_ms)
    return replace(
        current,
        first_seen_ms=min(current.first_seen_ms, at_ms),
        last_seen_ms=max(current.last_seen_ms, at_ms),
    )
