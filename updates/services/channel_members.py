"""Which devices belong to a channel by somebody's decision."""

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock
from updates.domain.names import device_id_check
from updates.errors import ConflictError, NotFoundError
from updates.models import Channel, ChannelMember
from updates.services.channel_records import channel_record
from updates.services.decision_table import decision_table_touch
from updates.services.locks import channel_lock


def channel_member_add(*, channel: Channel, device_id: str, actor: Actor) -> ChannelMember:
    """Make a device a member of a channel; one that is a member already stays so.

    Raises:
        InvalidValueError: No device can have this id.
        ConflictError: The device belongs to another channel of the app.
    """
    now = clock.now()
    device_id = device_id_check(device_id)
    with transaction.atomic():
        channel = channel_lock(channel)
        known = ChannelMember.objects.filter(app=channel.app, device_id=device_id).select_related("channel")
        if member := known.first():
            if member.channel_id == channel.pk:
                return member
            raise ConflictError(f"This device belongs to {member.channel.name}. Remove it there first.")
        member = ChannelMember.objects.create(
            channel=channel, app=channel.app, device_id=device_id, added_at=now
        )
        decision_table_touch()
        channel_record(Action.CHANNEL_MEMBER_ADDED, channel, actor=actor, now=now, member=member.pk)
    return member


def channel_member_remove(*, channel: Channel, device_id: str, actor: Actor) -> None:
    """End a device's membership of a channel.

    Raises:
        NotFoundError: It isn't a member.
    """
    now = clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        member = channel.members.filter(device_id=device_id.lower()).first()
        if member is None:
            raise NotFoundError(f"This device isn't a member of {channel.name}.")
        number = member.pk
        member.delete()
        decision_table_touch()
        channel_record(Action.CHANNEL_MEMBER_REMOVED, channel, actor=actor, now=now, member=number)
