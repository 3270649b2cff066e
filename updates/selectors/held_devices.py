"""Of which devices something is held, and since when: what proofs by key ask, and notices to providers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db.models import Min

from releaseconsole.personal_data import Scoped, rows_of, scoped
from updates.models import (
    ChannelMember,
    ConsentRecord,
    Device,
    DeviceEvent,
    DeviceOverride,
    InstallOutcome,
    TesterDevice,
)

# All that has a device's id, with when it was written down.
_SINCE: Final[tuple[tuple[Any, str], ...]] = (
    (Device, "first_seen_at"),
    (DeviceEvent, "received_at"),
    (InstallOutcome, "decided_at"),
    (DeviceOverride, "created_at"),
    (ChannelMember, "added_at"),
    (TesterDevice, "enrolled_at"),
    (ConsentRecord, "given_at"),
)


def device_known_since(app_id: str, device_id: str) -> datetime | None:
    """Return when the oldest was written down that is held of a device; None: nothing is.

    A device that was forgotten and came back is as old as what stayed of it meanwhile.
    """
    asked = (
        rows_of(model).filter(app_id=app_id, device_id=device_id).aggregate(oldest=Min(field))["oldest"]
        for model, field in _SINCE
    )
    return min(filter(None, asked), default=None)


def devices_held(devices: Collection[Scoped]) -> frozenset[Scoped]:
    """Pick those of which something is held in their app."""
    condition = scoped(devices)
    if condition is None:
        return frozenset()
    return frozenset(
        Scoped(*found)
        for model, _ in _SINCE
        for found in rows_of(model).filter(condition).order_by().values_list("app_id", "device_id").distinct()
    )
