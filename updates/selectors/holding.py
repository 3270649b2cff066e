"""In which apps something is held of somebody, and since when: what legal holds and proofs by key ask."""

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
    Tester,
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


def apps_holding(*, devices: Collection[Scoped], testers: Collection[int]) -> set[str]:
    """Return the apps that have one of these devices, or one of these testers, given by number."""
    found = set(Tester.objects.filter(pk__in=testers).values_list("app_id", flat=True))
    condition = scoped(devices)
    if condition is not None:
        for model in (Device, TesterDevice, ChannelMember, DeviceEvent, InstallOutcome):
            found |= set(
                rows_of(model).filter(condition).order_by().values_list("app_id", flat=True).distinct()
            )
    return found


def device_known_since(app_id: str, device_id: str) -> datetime | None:
    """Return when the oldest was written down that is held of a device; None: nothing is.

    A device that was forgotten and came back is as old as what stayed of it meanwhile.
    """
    asked = (
        rows_of(model).filter(app_id=app_id, device_id=device_id).aggregate(oldest=Min(field))["oldest"]
        for model, field in _SINCE
    )
    return min(filter(None, asked), default=None)
