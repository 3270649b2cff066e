"""Creating and changing channels, and deciding which devices belong to them."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.domain.names import channel_name_check, device_id_check, platforms_check
from updates.errors import ConflictError, NotFoundError
from updates.models import App, Channel, ChannelMember
from updates.services.decision_table import decision_table_touch
from updates.services.decisions import channel_served_changed
from updates.services.locks import app_lock, channel_lock


def channel_create(
    *,
    app: App,
    name: str,
    public: bool,
    self_assignable: bool,
    platforms: Iterable[str],
    actor: Actor,
) -> Channel:
    """Create a channel.

    Raises:
        InvalidValueError: The name or a platform isn't acceptable.
        ConflictError: The name is taken, or a platform has a public channel already.
    """
    now = clock.now()
    channel_name_check(name)
    with transaction.atomic():
        app = app_lock(app.pk)
        if app.channels.filter(name=name).exists():
            raise ConflictError(f"{app.name} has a channel {name} already.")
        channel = Channel(app=app, name=name, public=public, self_assignable=self_assignable, created_at=now)
        channel.platforms = platforms_check(platforms, offered=app.platforms)
        _public_once(channel)
        channel.save()
        decision_table_touch()
        audit_record(
            action=Action.CHANNEL_CREATED,
            actor=actor,
            now=now,
            app_id=app.pk,
            subject=("channel", name),
            detail=_settings(channel),
        )
    return channel


def channel_change(
    *,
    channel: Channel,
    actor: Actor,
    public: bool | None = None,
    self_assignable: bool | None = None,
    platforms: Iterable[str] | None = None,
) -> Channel:
    """Change a channel's settings; None leaves one as it is. Its name stays: devices ask for it.

    Raises:
        InvalidValueError: A platform isn't acceptable.
        ConflictError: A platform has another public channel.
    """
    now = clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        before = _settings(channel)
        if public is not None:
            channel.public = public
        if self_assignable is not None:
            channel.self_assignable = self_assignable
        if platforms is not None:
            channel.platforms = platforms_check(platforms, offered=channel.app.platforms)
        if _settings(channel) == before:
            return channel
        _public_once(channel)
        channel_served_changed(channel)
        audit_record(
            action=Action.CHANNEL_CHANGED,
            actor=actor,
            now=now,
            app_id=channel.app_id,
            subject=("channel", channel.name),
            detail={"before": before, "after": _settings(channel)},
        )
    return channel


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
        audit_record(
            action=Action.CHANNEL_MEMBER_ADDED,
            actor=actor,
            now=now,
            app_id=channel.app_id,
            subject=("channel", channel.name),
            detail={"member": member.pk},
        )
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
        detail = {"member": member.pk}
        member.delete()
        decision_table_touch()
        audit_record(
            action=Action.CHANNEL_MEMBER_REMOVED,
            actor=actor,
            now=now,
            app_id=channel.app_id,
            subject=("channel", channel.name),
            detail=detail,
        )


def _settings(channel: Channel) -> dict[str, Any]:
    return {
        "public": channel.public,
        "self_assignable": channel.self_assignable,
        "platforms": list(channel.platforms),
    }


# Refuse a second public channel for a platform; the caller holds the app's lock.
def _public_once(channel: Channel) -> None:
    if not channel.public:
        return
    for other in Channel.objects.filter(app=channel.app, public=True).exclude(pk=channel.pk):
        if shared := set(other.platforms) & set(channel.platforms):
            raise ConflictError(
                f"{other.name} is the public channel for {', '.join(sorted(shared))} already."
            )
