"""Creating channels, changing their settings, and pausing them."""

from collections.abc import Iterable
from typing import Any, Unpack

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock
from updates.domain.channel_settings import (
    SERVED,
    SETTING_NAMES,
    ChannelChanges,
    ChannelSettings,
    channel_settings_check,
)
from updates.domain.names import channel_name_check, platforms_check
from updates.errors import ConflictError
from updates.models import App, Channel
from updates.selectors.channel_settings import channel_settings
from updates.services.channel_records import channel_record
from updates.services.decision_table import decision_table_touch
from updates.services.decisions import channel_served_changed
from updates.services.locks import app_lock, channel_lock
from updates.services.public_channels import public_once_check, public_signed_check


def channel_create(
    *,
    app: App,
    name: str,
    public: bool,
    self_assignable: bool,
    platforms: Iterable[str],
    actor: Actor,
) -> Channel:
    """Create a channel; what else may be set of it begins with what keeps nobody out.

    Raises:
        InvalidValueError: The name or a platform isn't acceptable.
        ConflictError: The name is taken, or a platform has a public channel already.
        PublicUnsignedError: It would be public, and another channel asks for sign-offs.
    """
    now = clock.now()
    channel_name_check(name)
    with transaction.atomic():
        app = app_lock(app.pk)
        if app.channels.filter(name=name).exists():
            raise ConflictError(f"{app.name} has a channel {name} already.")
        channel = Channel(app=app, name=name, public=public, self_assignable=self_assignable, created_at=now)
        channel.platforms = platforms_check(platforms, offered=app.platforms)
        public_once_check(channel)
        public_signed_check(channel)
        channel.save()
        decision_table_touch()
        begins = {"public": public, "self_assignable": self_assignable, "platforms": channel.platforms}
        channel_record(Action.CHANNEL_CREATED, channel, actor=actor, now=now, **begins)
    return channel


def channel_change(*, channel: Channel, actor: Actor, **changes: Unpack[ChannelChanges]) -> Channel:
    """Change a channel's settings; what isn't named stays. Its name stays too: devices ask for it.

    Raises:
        InvalidValueError: A setting isn't acceptable.
        ConflictError: A platform has another public channel.
        PublicUnsignedError: It would become public, and less is signed there than on another.
    """
    now = clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        before = channel_settings(channel)
        after = channel_settings_changed(channel=channel, changes=changes)
        difference = before.difference(after)
        if not difference:
            return channel
        _settings_write(channel, after)
        public_once_check(channel)
        public_signed_check(channel, before)
        if SERVED & difference.keys():
            channel_served_changed(channel)
        else:
            channel.save()
        channel_record(Action.CHANNEL_CHANGED, channel, actor=actor, now=now, **_sides(difference))
    return channel


def channel_settings_changed(*, channel: Channel, changes: ChannelChanges) -> ChannelSettings:
    """Say what a channel's settings would be with these changes.

    Raises:
        InvalidValueError: It may not have them.
    """
    after = channel_settings(channel).changed(changes)
    channel_settings_check(after, is_preview=bool(channel.preview_of))
    platforms = platforms_check(after.platforms, offered=channel.app.platforms)
    return after.changed({"platforms": platforms})


def channel_pause(*, channel: Channel, actor: Actor) -> Channel:
    """Offer nothing new from a channel; who runs what it serves keeps it. Pausing again changes nothing."""
    return _paused_set(channel, actor, is_paused=True)


def channel_resume(*, channel: Channel, actor: Actor) -> Channel:
    """Go on offering what a channel serves."""
    return _paused_set(channel, actor, is_paused=False)


def _paused_set(channel: Channel, actor: Actor, *, is_paused: bool) -> Channel:
    now = clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        if (channel.paused_at is not None) == is_paused:
            return channel
        channel.paused_at = now if is_paused else None
        channel_served_changed(channel)
        action = Action.CHANNEL_PAUSED if is_paused else Action.CHANNEL_RESUMED
        channel_record(action, channel, actor=actor, now=now)
    return channel


def _settings_write(channel: Channel, settings: ChannelSettings) -> None:
    for name in SETTING_NAMES:
        setattr(channel, name, getattr(settings, name))
    channel.platforms = list(settings.platforms)


def _sides(difference: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    return {
        "before": {name: before for name, (before, _) in difference.items()},
        "after": {name: after for name, (_, after) in difference.items()},
    }
