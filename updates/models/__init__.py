"""Tables of the updates floor; one file per subject."""

from updates.models.api import IdempotencyRecord
from updates.models.apps import App, Channel, ChannelMember
from updates.models.devices import (
    DecisionTableVersion,
    Device,
    DeviceEvent,
    HourlyRollup,
    InstallOutcome,
    StreamPosition,
)
from updates.models.releases import Bundle, Release, StoredArchive

__all__ = [
    "App",
    "Bundle",
    "Channel",
    "ChannelMember",
    "DecisionTableVersion",
    "Device",
    "DeviceEvent",
    "HourlyRollup",
    "IdempotencyRecord",
    "InstallOutcome",
    "Release",
    "StoredArchive",
    "StreamPosition",
]
