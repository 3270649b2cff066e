"""Freezes of channels: added and taken back by who manages channels."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from compliance.ledger.domain.events import Action, Actor, ActorKind
from releaseconsole.kernel import clock
from updates.domain.freezes import Freeze, freeze_check
from updates.errors import InvalidValueError, NotFoundError
from updates.models import Channel, ChannelFreeze
from updates.services.channel_records import channel_record
from updates.services.locks import channel_lock

MAX_FREEZES: Final = 50


def freeze_add(*, channel: Channel, freeze: Freeze, actor: Actor) -> ChannelFreeze:
    """Freeze a channel for a time, or for a time of every week.

    Raises:
        InvalidValueError: It has no length or too much of it, is over already, is in no zone or without
            a reason; or the channel has too many.
    """
    now = clock.now()
    freeze_check(freeze, now=now)
    with transaction.atomic():
        channel = channel_lock(channel)
        if channel.freezes.filter(Q(repeats_weekly=True) | Q(ends_at__gt=now)).count() >= MAX_FREEZES:
            raise InvalidValueError(f"A channel has {MAX_FREEZES} freezes at most.")
        row = ChannelFreeze.objects.create(
            channel=channel,
            starts_at=freeze.starts_at,
            ends_at=freeze.ends_at,
            repeats_weekly=freeze.repeats_weekly,
            zone=freeze.zone,
            reason=freeze.reason.strip(),
            created_at=now,
            created_by_id=int(actor.id) if actor.kind is ActorKind.PERSON else None,
        )
        _record(Action.CHANNEL_FREEZE_ADDED, row, actor, now)
    return row


def freeze_remove(*, channel: Channel, freeze_id: int, actor: Actor) -> None:
    """Take a freeze back: what it held may go live.

    Raises:
        NotFoundError: The channel has no such freeze.
    """
    now = clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        row = channel.freezes.filter(pk=freeze_id).first()
        if row is None:
            raise NotFoundError(f"{channel.name} has no such freeze any more.")
        row.channel = channel
        _record(Action.CHANNEL_FREEZE_REMOVED, row, actor, now)
        row.delete()


def _record(action: Action, row: ChannelFreeze, actor: Actor, now: datetime) -> None:
    channel_record(
        action,
        row.channel,
        actor=actor,
        now=now,
        freeze=row.pk,
        starts_at=row.starts_at.isoformat(),
        ends_at=row.ends_at.isoformat(),
        repeats_weekly=row.repeats_weekly,
        zone=row.zone,
    )
