"""A channel's settings, and how many devices a change of them cuts off."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef

from releaseconsole.kernel import clock
from updates.domain.channel_settings import SETTING_NAMES, Asking, ChannelSettings, channel_admits
from updates.models import Channel, ChannelMember, Device

# Devices that nobody has heard of for longer don't count as cut off from anything.
COUNTED_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reach:
    """Devices that the channel served in the last 30 days, by their own word.

    Attributes:
        devices: All of them.
        cut_off: Those that may have what is on it now, and couldn't after the change.
    """

    devices: int
    cut_off: int


def channel_settings(channel: Channel) -> ChannelSettings:
    """Read a channel's settings."""
    values = {name: getattr(channel, name) for name in SETTING_NAMES}
    return ChannelSettings(**values | {"platforms": tuple(channel.platforms)})


def channel_reach(channel: Channel, after: ChannelSettings) -> Reach:
    """Count whom other settings would cut off; one query, whatever the number of devices."""
    before = channel_settings(channel)
    is_member = Exists(
        ChannelMember.objects.filter(channel=channel, app=OuterRef("app"), device_id=OuterRef("device_id"))
    )
    groups = (
        Device.objects
        .filter(
            app=channel.app_id,
            channel_name=channel.name,
            last_seen_at__gt=clock.now() - COUNTED_WITHIN,
        )
        .annotate(is_member=is_member)
        .values_list("platform", "native_version", "is_emulator", "is_production", "is_member")
        .annotate(devices=Count("*"))
        .order_by()
    )
    total = cut_off = 0
    for platform, native, is_emulator, is_production, member, devices in groups:
        asking = Asking(platform, native, is_emulator, is_production, member)
        total += devices
        if channel_admits(before, asking) and not channel_admits(after, asking):
            cut_off += devices
    return Reach(total, cut_off)
