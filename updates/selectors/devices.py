"""Devices of an app as pages list them, and one with what it reported."""

from django.db.models import QuerySet

from updates.errors import NotFoundError
from updates.models import App, Device, DeviceEvent

EVENTS_SHOWN = 200


def devices_found(*, app: App, id_begins: str = "", version: str = "") -> QuerySet[Device]:
    """Devices of an app, last seen first; by the beginning of their id (of either case) and by version."""
    devices = Device.objects.filter(app=app)
    if id_begins:
        devices = devices.filter(device_id__startswith=id_begins.lower())
    if version:
        devices = devices.filter(version=version)
    return devices.order_by("-last_seen_at")


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
