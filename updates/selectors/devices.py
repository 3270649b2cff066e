"""Devices of an app as pages list them, and one with what it reported and is forced to."""

from typing import Final

from django.db.models import QuerySet

from releaseconsole.kernel import clock
from updates.domain.overrides import FORCEABLE
from updates.errors import NotFoundError
from updates.models import App, ChannelMember, Device, DeviceEvent, DeviceOverride, Release

EVENTS_SHOWN: Final = 200
# Releases that a form offers to force a device to; older ones are reached by the API.
_RELEASES_OFFERED: Final = 50


def devices_of(*, app: App) -> QuerySet[Device]:
    """Devices of an app, last seen first."""
    return Device.objects.filter(app=app).order_by("-last_seen_at")


def device_get(*, app: App, device_id: str) -> Device:
    """Find a device of an app.

    Raises:
        NotFoundError: It has never been heard of.
    """
    device = Device.objects.filter(app=app, device_id=device_id).first()
    if device is None:
        raise NotFoundError(f"{app.name} has never heard of the device {device_id}.")
    return device


def device_events(*, device: Device) -> QuerySet[DeviceEvent]:
    """What a device reported last, newest first."""
    events = DeviceEvent.objects.filter(app=device.app_id, device_id=device.device_id)
    return events.order_by("-received_at")[:EVENTS_SHOWN]


def device_membership(*, device: Device) -> ChannelMember | None:
    """Find the channel that a device belongs to by somebody's decision."""
    members = ChannelMember.objects.filter(app=device.app_id, device_id=device.device_id)
    return members.select_related("channel", "tester_device").first()


def override_of(*, app: App, device_id: str) -> DeviceOverride | None:
    """Find what a device is forced to now."""
    overrides = DeviceOverride.objects.filter(app=app, device_id=device_id.lower(), until__gt=clock.now())
    return overrides.select_related("channel", "release__channel", "release__bundle", "created_by").first()


def releases_forceable(*, app: App) -> QuerySet[Release]:
    """Releases that devices may be forced to, newest first."""
    releases = Release.objects.filter(
        app=app,
        state__in=sorted(state.value for state in FORCEABLE),
        bundle__withdrawn_at=None,
        bundle__removed_at=None,
    )
    releases = releases.select_related("channel", "bundle").defer("bundle__manifest")
    return releases.order_by("-live_seq")[:_RELEASES_OFFERED]
