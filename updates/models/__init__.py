"""Tables of the updates floor; one file per subject."""

from updates.models.api import IdempotencyRecord
from updates.models.apps import App, Channel, ChannelFreeze, ChannelMember
from updates.models.consents import ConsentRecord
from updates.models.devices import (
    BLOCKS,
    DecisionTableVersion,
    Device,
    DeviceEvent,
    DeviceOverride,
    HourlyRollup,
    InstallOutcome,
    StreamPosition,
)
from updates.models.native_builds import NativeBuild
from updates.models.receipts import ReleaseReceipt
from updates.models.releases import Bundle, Release, StoredArchive
from updates.models.sign_offs import SignOff, SignOffRequirement
from updates.models.testers import (
    JoinCode,
    StorePresence,
    Tester,
    TesterDevice,
    TesterFeedback,
    TesterGroup,
    TesterInvite,
    TesterMembership,
)
from updates.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookPosition

__all__ = [
    "BLOCKS",
    "App",
    "Bundle",
    "Channel",
    "ChannelFreeze",
    "ChannelMember",
    "ConsentRecord",
    "DecisionTableVersion",
    "Device",
    "DeviceEvent",
    "DeviceOverride",
    "HourlyRollup",
    "IdempotencyRecord",
    "InstallOutcome",
    "JoinCode",
    "NativeBuild",
    "Release",
    "ReleaseReceipt",
    "SignOff",
    "SignOffRequirement",
    "StorePresence",
    "StoredArchive",
    "StreamPosition",
    "Tester",
    "TesterDevice",
    "TesterFeedback",
    "TesterGroup",
    "TesterInvite",
    "TesterMembership",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookPosition",
]
