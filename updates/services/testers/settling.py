"""Taking devices off channels that their tester may no longer be on.

Whatever narrows what testers may do (a group that changes, ends or is over, a tester who leaves) ends here,
so that no way of losing a right leaves a device behind on its channel.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.domain.testers.standing import stays
from updates.models import ChannelMember, Tester, TesterDevice
from updates.selectors.testers import (
    channel_name_of,
    devices_of_tester,
    group_facts,
    groups_of_tester,
    testers_to_settle,
)
from updates.services.decision_table import decision_table_touch
from updates.services.locks import app_lock


def testers_settle(*, testers: Collection[Tester], actor: Actor, now: datetime) -> int:
    """Take off their channels all devices that may not stay; the caller holds the app's lock.

    Returns:
        How many were taken off.
    """
    gone = [device for tester in testers for device in _not_staying(tester, now)]
    for device in gone:
        device_release(device=device, actor=actor, now=now)
    return len(gone)


def device_release(*, device: TesterDevice, actor: Actor, now: datetime) -> None:
    """Take a device out of a beta; its next check gets the normal version. The app is locked."""
    channel = channel_name_of(device)
    ChannelMember.objects.filter(tester_device=device).delete()
    device.left_at = now
    device.save(update_fields=["left_at"])
    decision_table_touch()
    audit_record(
        action=Action.TESTER_DEVICE_LEFT,
        actor=actor,
        now=now,
        app_id=device.app_id,
        subject=("tester", str(device.tester_id)),
        detail={"device": device.pk, "channel": channel},
    )


def groups_over_settle() -> int:
    """Give testers of groups that are over the normal version again; returns how many devices that was.

    Level-triggered: whatever should be over and isn't is found again by the next run.
    """
    return sum(_settle_one(*place) for place in testers_to_settle(now=clock.now()))


def _settle_one(app_id: str, tester_id: int) -> int:
    now = clock.now()
    with transaction.atomic():
        app_lock(app_id)
        return testers_settle(testers=Tester.objects.filter(pk=tester_id), actor=SYSTEM, now=now)


def _not_staying(tester: Tester, now: datetime) -> list[TesterDevice]:
    groups = [group_facts(group) for group in groups_of_tester(tester=tester)]
    return [
        device
        for device in devices_of_tester(tester=tester)
        if not stays(groups, channel=channel_name_of(device), platform=device.platform, now=now)
    ]
