"""Forcing single devices to a channel or a release, until a time."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from compliance.ledger.services.purges import Purge
from releaseconsole.kernel import clock
from updates.domain.names import device_id_check
from updates.domain.overrides import forceable_check, override_reason_check, override_until_check
from updates.domain.release_state import ReleaseState
from updates.errors import InvalidValueError, NotForcedError, ReleaseStateError
from updates.models import App, Channel, Device, DeviceOverride, Release
from updates.services.decisions import channel_served_changed
from updates.services.held_rows import unheld_delete
from updates.services.locks import app_lock, channel_lock


def override_set(
    *,
    app: App,
    device_id: str,
    to: Channel | Release,
    until: datetime,
    reason: str,
    actor: Actor,
    person: User | None,
) -> DeviceOverride:
    """Force a device to a channel or a release of its app; what it was forced to before ends.

    The device needn't have been heard of.

    Args:
        app: The app.
        device_id: The device.
        to: What it gets, whatever it asks for.
        until: When it gets back to normal by itself.
        reason: Why, for whoever wonders.
        actor: Who does it.
        person: The person behind it; None if there's none.

    Raises:
        InvalidValueError: The id, the time or the reason can't be; or the channel isn't for the device.
        ReleaseStateError: The release was never live, or was taken back.
    """
    now = clock.now()
    device_id, reason = device_id_check(device_id), override_reason_check(reason)
    override_until_check(until, now=now)
    with transaction.atomic():
        app = app_lock(app.pk)
        before = DeviceOverride.objects.filter(app=app, device_id=device_id).first()
        if before is not None:
            _end(before)
        override = DeviceOverride(
            app=app, device_id=device_id, until=until, reason=reason, created_at=now, created_by=person
        )
        channel = _aim(override, to)
        override.save()
        channel_served_changed(channel)
        _record(Action.DEVICE_OVERRIDDEN, override, actor, now)
    return override


def override_end(*, app: App, device_id: str, actor: Actor) -> None:
    """Let a device get again what it would get by itself.

    Raises:
        NotForcedError: It isn't forced to anything.
    """
    now = clock.now()
    with transaction.atomic():
        app = app_lock(app.pk)
        override = DeviceOverride.objects.filter(app=app, device_id=device_id.lower()).first()
        if override is None:
            raise NotForcedError
        _record(Action.DEVICE_OVERRIDE_ENDED, override, actor, now)
        _end(override)


def overrides_forget() -> Purge:
    """Delete the overrides that are over and no legal hold keeps; decisions pass over them by their time."""
    over = DeviceOverride.objects.filter(until__lte=clock.now())
    return unheld_delete(over, lambda some: some.delete()[0])


def _aim(override: DeviceOverride, to: Channel | Release) -> Channel:
    """Aim at a channel or release that the device may be forced to; returns the channel, locked.

    Raises:
        InvalidValueError: It's another app's, or isn't for the device's platform.
    """
    channel = channel_lock(to if isinstance(to, Channel) else to.channel)
    if channel.app_id != override.app_id:
        raise InvalidValueError("That belongs to another app.")
    device = Device.objects.filter(app=override.app, device_id=override.device_id).first()
    if device is not None and device.platform and device.platform not in channel.platforms:
        raise InvalidValueError(f"{channel.name} doesn't serve {device.platform}, which this device is.")
    if isinstance(to, Channel):
        override.channel = channel
    else:
        override.release = _release(to)
    return channel


def _release(release: Release) -> Release:
    release = Release.objects.select_related("bundle", "channel").get(pk=release.pk)
    forceable_check(ReleaseState(release.state))
    if release.bundle.withdrawn_at or release.bundle.removed_at:
        raise ReleaseStateError("The files of this release can't be fetched any more.")
    return release


def _end(override: DeviceOverride) -> None:
    """Delete an override; its channel serves something else then."""
    channel = override.channel or (override.release.channel if override.release else None)
    override.delete()
    if channel is not None:
        channel_served_changed(channel_lock(channel))


def _record(action: Action, override: DeviceOverride, actor: Actor, now: datetime) -> None:
    release, channel = override.release, override.channel
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=override.app_id,
        # Not the device's id: ids of devices are erased with them, this record stays.
        subject=("device_override", str(override.pk)),
        detail={
            "channel": channel.name if channel else "",
            "release_seq": release.release_seq if release else None,
            "until": override.until.isoformat(timespec="seconds"),
        },
    )
