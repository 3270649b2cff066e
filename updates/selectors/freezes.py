"""When a channel is frozen."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from updates.domain.freezes import (
    CalendarDay,
    Freeze,
    calendar_days,
    freeze_at,
    frozen_until,
)
from updates.models import Channel, ChannelFreeze

CALENDAR_WEEKS: Final = 6
_WEEK_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class FreezeCalendar:
    """A channel's freezes, as its page shows them.

    Attributes:
        weeks: Six of them, the present one first, each from Monday.
        rows: All freezes that aren't over.
    """

    weeks: tuple[tuple[CalendarDay, ...], ...]
    rows: tuple[tuple[ChannelFreeze, Freeze], ...]


def channel_frozen_until(channel: Channel, now: datetime) -> datetime | None:
    """Say when a channel opens again for what goes live; None: it's open."""
    return frozen_until(_freezes(channel), now)


def channel_freeze_now(channel: Channel, now: datetime) -> Freeze | None:
    """Find the freeze that is in force on a channel, of several the one that ends last."""
    return freeze_at(_freezes(channel), now)


def freeze_calendar(channel: Channel, *, now: datetime, zone: tzinfo) -> FreezeCalendar:
    """Read a channel's freezes for the weeks to come, in the days of a zone."""
    known = channel.freezes.select_related("created_by")
    rows = [(row, freeze_read(row)) for row in known if row.repeats_weekly or now < row.ends_at]
    freezes = [freeze for _, freeze in rows]
    today = now.astimezone(zone).date()
    first = today - timedelta(days=today.weekday())
    days = calendar_days(freezes, first=first, count=CALENDAR_WEEKS * _WEEK_DAYS, zone=zone)
    weeks = tuple(tuple(days[at : at + _WEEK_DAYS]) for at in range(0, len(days), _WEEK_DAYS))
    return FreezeCalendar(weeks, tuple(rows))


def freeze_read(row: ChannelFreeze) -> Freeze:
    """Read a row as decisions need it."""
    return Freeze(row.starts_at, row.ends_at, row.repeats_weekly, row.zone, row.reason)


def _freezes(channel: Channel) -> list[Freeze]:
    return [freeze_read(row) for row in channel.freezes.all()]
