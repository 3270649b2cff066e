"""The devices of one batch: read at once, folded in memory, written at once.

Safe without a lock per row, because the drain's transaction holds the stream position's row (drain.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from updates.domain.device_state import DeviceState
from updates.domain.rollups import Rollups, movement_count
from updates.domain.telemetry import at_utc, milliseconds_of
from updates.models import Device
from updates.services.telemetry.catalogue import Catalogue

_TOLD: Final = (
    "platform",
    "version",
    "native_version",
    "plugin_version",
    "os_version",
    "channel_name",
    "is_emulator",
    "is_production",
    "first_seen_at",
    "last_seen_at",
    "version_at",
    "checked_at",
    "custom_id",
    "attributes",
    "has_way_back",
)


class DeviceKey(NamedTuple):
    """A device is an installation of one app."""

    app_id: str
    device_id: str


class DeviceStates:
    """What is known of each device of a batch, before and after it."""

    def __init__(self, keys: Iterable[DeviceKey]) -> None:
        self._before = _states_read(keys)
        self._after = dict(self._before)

    def of(self, key: DeviceKey) -> DeviceState | None:
        """Return the state as folded so far; None for a device never heard of."""
        return self._after.get(key)

    def put(self, key: DeviceKey, state: DeviceState) -> None:
        """Take the state after one happening."""
        self._after[key] = state

    def write(self, catalogue: Catalogue, rollups: Rollups) -> None:
        """Write what changed, and count the moves from version to version."""
        changed = {key: state for key, state in self._after.items() if state != self._before.get(key)}
        for key, state in changed.items():
            versions = catalogue.versions[key.app_id]
            movement_count(rollups, key.app_id, self._before.get(key), state, versions)
        Device.objects.bulk_create(
            [_row(key, state) for key, state in changed.items()],
            update_conflicts=True,
            unique_fields=["app", "device_id"],
            update_fields=list(_TOLD),
        )

    def versions_before(self) -> set[str]:
        """Name the versions that the devices of this batch ran before it."""
        return {state.version for state in self._before.values()}


def _states_read(keys: Iterable[DeviceKey]) -> Mapping[DeviceKey, DeviceState]:
    by_app: defaultdict[str, set[str]] = defaultdict(set)
    for key in keys:
        by_app[key.app_id].add(key.device_id)
    return {
        DeviceKey(app_id, row.device_id): _state(row)
        for app_id, device_ids in by_app.items()
        for row in Device.objects.filter(app=app_id, device_id__in=device_ids)
    }


def _state(row: Device) -> DeviceState:
    return DeviceState(
        platform=row.platform,
        version=row.version,
        native_version=row.native_version,
        plugin_version=row.plugin_version,
        os_version=row.os_version,
        channel=row.channel_name,
        is_emulator=row.is_emulator,
        is_production=row.is_production,
        first_seen_ms=milliseconds_of(row.first_seen_at),
        last_seen_ms=milliseconds_of(row.last_seen_at),
        version_at_ms=milliseconds_of(row.version_at) if row.version_at else 0,
        checked_at_ms=milliseconds_of(row.checked_at) if row.checked_at else 0,
        custom_id=row.custom_id,
        attributes=row.attributes,
        has_way_back=row.has_way_back,
    )


def _row(key: DeviceKey, state: DeviceState) -> Device:
    return Device(
        app_id=key.app_id,
        device_id=key.device_id,
        platform=state.platform,
        version=state.version,
        native_version=state.native_version,
        plugin_version=state.plugin_version,
        os_version=state.os_version,
        channel_name=state.channel,
        is_emulator=state.is_emulator,
        is_production=state.is_production,
        first_seen_at=at_utc(state.first_seen_ms),
        last_seen_at=at_utc(state.last_seen_ms),
        version_at=at_utc(state.version_at_ms) if state.version_at_ms else None,
        checked_at=at_utc(state.checked_at_ms) if state.checked_at_ms else None,
        custom_id=state.custom_id,
        attributes=dict(state.attributes),
        has_way_back=state.has_way_back,
    )
