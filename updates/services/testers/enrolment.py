"""Devices that join a beta by a code, change its channel, and go back to the normal version.

A device proves nothing but that it holds a code. So a code is all that it gains by: one device, one channel,
one tester; and a device that is somebody's already is never taken over by naming its id.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness
from updates.domain.names import device_id_check
from updates.domain.testers.join_codes import (
    RANDOM_BYTES,
    join_code_read,
    join_code_sha256,
    join_code_show,
    join_code_spell,
)
from updates.domain.testers.standing import channels_offered, joining_check
from updates.errors import DeviceTakenError, JoinCodeRefusedError, NotFoundError, TesterStateError
from updates.models import Channel, ChannelMember, JoinCode, Tester, TesterDevice
from updates.selectors.testers import channel_name_of, devices_of_tester, group_facts, groups_of_tester
from updates.services.decision_table import decision_table_touch
from updates.services.locks import app_lock
from updates.services.testers.actors import tester_actor
from updates.services.testers.coming_back import device_comes_back
from updates.services.testers.leaving import tester_lock
from updates.services.testers.settling import device_release

CODE_LIFETIME: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Where a device is now."""

    device: TesterDevice
    channel: Channel


def join_code_make(*, tester: Tester, channel_name: str = "") -> str:
    """Make the code by which one device joins, told this once; an earlier one stops working.

    Args:
        tester: Whose device it'll be.
        channel_name: Where it goes; empty is the first that they may join.

    Raises:
        TesterStateError: They have left, or may not join that channel.
    """
    now = clock.now()
    code = join_code_spell(randomness.token_bytes(RANDOM_BYTES))
    with transaction.atomic():
        tester = tester_lock(tester)
        _present_require(tester)
        groups = [group_facts(group) for group in groups_of_tester(tester=tester)]
        offered = channels_offered(groups, now)
        if not offered or (channel_name and channel_name not in offered):
            raise TesterStateError("This beta is over, or isn't offered to you any more.")
        JoinCode.objects.filter(Q(used_at=None) | Q(expires_at__lte=now), tester=tester).delete()
        JoinCode.objects.create(
            tester=tester,
            channel=Channel.objects.get(app=tester.app, name=channel_name or offered[0]),
            code_sha256=join_code_sha256(app_id=tester.app_id, code=code),
            expires_at=now + CODE_LIFETIME,
        )
    return join_code_show(code)


def device_enroll(*, app_id: str, device_id: str, platform: str, code: str) -> Enrolment:
    """Let a device join by a code; the same device with the same code again is no error, as answers get lost.

    Raises:
        InvalidValueError: No device can have this id.
        JoinCodeRefusedError: The code was never made here, is used or has expired, or its tester left.
        TesterStateError: The beta is over.
        PlatformNotOfferedError: It isn't for this platform.
        DeviceLimitError: The tester has as many devices as they may have.
        DeviceTakenError: The device is somebody else's.
    """
    now = clock.now()
    device_id, platform = device_id_check(device_id), platform.lower()
    typed = join_code_read(code)
    kept = join_code_sha256(app_id=app_id, code=typed)
    if not typed or not JoinCode.objects.filter(code_sha256=kept).exists():
        raise JoinCodeRefusedError  # before any lock: guesses keep nobody waiting
    with transaction.atomic():
        app_lock(app_id)
        row = _code_locked(kept, now)
        if row.used_at is not None:
            return _enrolled_before(row, device_id)
        device = _device_of(row.tester, device_id, platform, now)
        _joining_check(device, row.channel, now)
        row.used_at = now
        row.save(update_fields=["used_at"])
        device_comes_back(tester=row.tester, device_id=device_id, now=now)
        _place(device, row.channel, action=Action.TESTER_DEVICE_ENROLLED, now=now)
    return Enrolment(device, row.channel)


def tester_device_switch(*, tester: Tester, device_pk: int, channel_name: str) -> TesterDevice:
    """Put a tester's device on another of their channels.

    Raises:
        NotFoundError: They have no such device in the beta.
        TesterStateError: The channel isn't offered to them.
        PlatformNotOfferedError: It isn't for this platform.
        DeviceLimitError: The group that offers it takes fewer devices.
    """
    now = clock.now()
    with transaction.atomic():
        tester = tester_lock(tester)
        device = _own_device(tester, device_pk)
        channel = Channel.objects.filter(app=tester.app, name=channel_name).first()
        if channel is None:
            raise TesterStateError("This beta is over, or isn't offered to you any more.")
        if channel_name_of(device) == channel.name:
            return device
        _joining_check(device, channel, now)
        _place(device, channel, action=Action.TESTER_DEVICE_SWITCHED, now=now)
    return device


def tester_device_leave(*, tester: Tester, device_pk: int) -> None:
    """Take a tester's device back to the normal version; its next check gets that.

    Raises:
        NotFoundError: They have no such device in the beta.
    """
    now = clock.now()
    with transaction.atomic():
        tester = tester_lock(tester)
        device_release(device=_own_device(tester, device_pk), actor=tester_actor(tester), now=now)


def _code_locked(kept: str, now: datetime) -> JoinCode:
    """Lock a code whose time isn't over, and whose tester is there.

    Raises:
        JoinCodeRefusedError: There's none.
    """
    found = JoinCode.objects.select_for_update(of=("self",)).select_related("tester__app", "channel")
    row = found.filter(code_sha256=kept, expires_at__gt=now).first()
    if row is None:
        raise JoinCodeRefusedError
    try:
        _present_require(row.tester)
    except TesterStateError as exc:
        raise JoinCodeRefusedError from exc
    return row


def _present_require(tester: Tester) -> None:
    if tester.accepted_at is None or tester.left_at is not None or tester.deletion_requested_at is not None:
        raise TesterStateError("You have left this beta.")


def _enrolled_before(row: JoinCode, device_id: str) -> Enrolment:
    device = devices_of_tester(tester=row.tester).filter(device_id=device_id).first()
    if device is None or channel_name_of(device) != row.channel.name:
        raise JoinCodeRefusedError
    return Enrolment(device, row.channel)


def _device_of(tester: Tester, device_id: str, platform: str, now: datetime) -> TesterDevice:
    """Find the tester's device of this id, or begin one (unsaved).

    Raises:
        DeviceTakenError: It's another tester's, or the app's team put it on a channel.
    """
    app = tester.app
    active = TesterDevice.objects.filter(app=app, device_id=device_id, left_at=None).first()
    by_hand = ChannelMember.objects.filter(app=app, device_id=device_id, tester_device=None).exists()
    if by_hand or (active is not None and active.tester_id != tester.pk):
        raise DeviceTakenError
    if active is None:
        return TesterDevice(tester=tester, app=app, device_id=device_id, platform=platform, enrolled_at=now)
    active.platform = platform
    return active


def _joining_check(device: TesterDevice, channel: Channel, now: datetime) -> None:
    tester = device.tester
    joining_check(
        [group_facts(group) for group in groups_of_tester(tester=tester)],
        channel=channel.name,
        platform=device.platform,
        others=devices_of_tester(tester=tester).exclude(pk=device.pk).count(),
        now=now,
    )


def _own_device(tester: Tester, pk: int) -> TesterDevice:
    device = devices_of_tester(tester=tester).filter(pk=pk).first()
    if device is None:
        raise NotFoundError("There is no such device of yours in this beta.")
    return device


def _place(device: TesterDevice, channel: Channel, *, action: Action, now: datetime) -> None:
    device.save()
    ChannelMember.objects.update_or_create(
        tester_device=device,
        defaults={
            "app": device.app,
            "device_id": device.device_id,
            "channel": channel,
            "added_at": now,
        },
    )
    decision_table_touch()
    audit_record(
        action=action,
        actor=tester_actor(device.tester),
        now=now,
        app_id=device.app_id,
        subject=("tester", str(device.tester_id)),
        detail={"device": device.pk, "channel": channel.name},
    )
