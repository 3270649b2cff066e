"""When a channel is frozen."""

from datetime import datetime

from updates.domain.freezes import Freeze, freeze_at, frozen_until
from updates.models import Channel, ChannelFreeze


def channel_frozen_until(channel: Channel, now: datetime) -> datetime | None:
    """Say when a channel opens again for what goes live; None: it's open."""
    return frozen_until(_freezes(channel), now)


def channel_freeze_now(channel: Channel, now: datetime) -> Freeze | None:
    """Find the freeze that is in force on a channel, of several the one that ends last."""
    return freeze_at(_freezes(channel), now)


def freeze_read(row: ChannelFreeze) -> Freeze:
    """Read a row as decisions need it."""
    return Freeze(row.starts_at, row.ends_at, row.repeats_weekly, row.zone, row.reason)


def _freezes(channel: Channel) -> list[Freeze]:
    return [freeze_read(row) for row in channel.freezes.all()]
