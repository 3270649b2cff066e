"""What a tester's own page shows: their devices, what runs there, and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from updates.domain.testers.standing import channels_offered
from updates.models import Channel, Device, Release, Tester, TesterDevice
from updates.selectors.release_views import served_now
from updates.selectors.testers import (
    channel_name_of,
    devices_of_tester,
    feedback_is_open,
    group_facts,
    groups_mailed,
    groups_of_tester,
    notes_are_open,
)


class Standing(StrEnum):
    """How far a device is."""

    ARRIVED = "arrived"
    ON_ITS_WAY = "on_its_way"
    NOTHING_YET = "nothing_yet"


@dataclass(frozen=True, slots=True)
class TestersDevice:
    """A device of a tester as they see it.

    Attributes:
        row: The device.
        channel: Where it is; empty if the app's team took it off.
        running: The bundle that it last said it runs; empty is the built-in one, or that nothing is known.
        offered: The version that is out there.
        standing: Whether that has arrived.
    """

    row: TesterDevice
    channel: str
    running: str
    offered: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Offer:
    """A channel that the tester may join, with what is out there and, where they see notes, its notes."""

    channel: str
    version: str
    notes: str


@dataclass(frozen=True, slots=True)
class Beta:
    """An open group that the tester is in, and whether they want letters about its new versions."""

    group_pk: int
    name: str
    wants_mail: bool


@dataclass(frozen=True, slots=True)
class TesterPage:
    """All of it."""

    devices: tuple[TestersDevice, ...]
    offers: tuple[Offer, ...]
    betas: tuple[Beta, ...]
    takes_feedback: bool
    ends_at: datetime | None
    max_devices: int

    @property
    def is_waiting(self) -> bool:
        """Whether anything may still arrive."""
        return any(device.standing is not Standing.ARRIVED for device in self.devices)


def tester_page(*, tester: Tester, now: datetime) -> TesterPage:
    """Read what a tester's page shows."""
    groups = [group for group in groups_of_tester(tester=tester) if group_facts(group).is_open(now)]
    facts = [group_facts(group) for group in groups]
    ends = [group.ends_at for group in groups]
    mailed = groups_mailed(tester=tester)
    return TesterPage(
        devices=tester_devices(tester=tester),
        offers=tuple(_offer(tester, name, now) for name in channels_offered(facts, now)),
        betas=tuple(Beta(group.pk, group.name, group.pk in mailed) for group in groups),
        takes_feedback=feedback_is_open(tester=tester, now=now),
        ends_at=None if None in ends else max((end for end in ends if end), default=None),
        max_devices=max((group.max_devices for group in groups), default=0),
    )


def tester_devices(*, tester: Tester) -> tuple[TestersDevice, ...]:
    """List a tester's devices in the beta, and how far each is."""
    rows = list(devices_of_tester(tester=tester))
    ids = [row.device_id for row in rows]
    known = {
        device.device_id: device for device in Device.objects.filter(app=tester.app_id, device_id__in=ids)
    }
    return tuple(_device(row, known.get(row.device_id)) for row in rows)


def _device(row: TesterDevice, device: Device | None) -> TestersDevice:
    channel = channel_name_of(row)
    versions = _versions(row.app_id, channel)
    offered = versions[0] if versions else ""
    running = device.version if device else ""
    if not versions:
        standing = Standing.NOTHING_YET
    elif device is not None and device.channel_name == channel and running in versions:
        standing = Standing.ARRIVED
    else:
        standing = Standing.ON_ITS_WAY
    return TestersDevice(row, channel, running, offered, standing)


def _offer(tester: Tester, name: str, now: datetime) -> Offer:
    release = _on_channel(tester.app_id, name).first()
    channel = Channel.objects.get(app=tester.app_id, name=name)
    sees = release is not None and notes_are_open(tester=tester, channel=channel, now=now)
    return Offer(
        channel=name,
        version=release.bundle.version if release else "",
        notes=release.notes if release and sees else "",
    )


def _versions(app_id: str, channel: str) -> list[str]:
    """Versions that the channel serves, newest first."""
    return list(_on_channel(app_id, channel).values_list("bundle__version", flat=True))


def _on_channel(app_id: str, channel: str) -> QuerySet[Release]:
    present = Release.objects.filter(served_now(Q(app=app_id, channel__name=channel)))
    return present.select_related("bundle").order_by("-live_seq")
