"""Groups of testers as the pages of the console show them: who is in them, and what those wrote."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.domain.access import All, OpenTo
from updates.models import (
    App,
    Channel,
    Device,
    Tester,
    TesterDevice,
    TesterFeedback,
    TesterGroup,
    TesterInvite,
    TesterMembership,
)
from updates.selectors.testers import channel_name_of


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A tester's device; `known` is it as it last reported itself, None if it never did."""

    device: TesterDevice
    channel: str
    known: Device | None


def groups_open(*, app: App, only: OpenTo) -> QuerySet[TesterGroup]:
    """Groups of an app that have no channel but these, by name, those that ended last; previews' left out.

    `people` counts who is in each, `joined` whoever of them has a device, `waiting` open invites of a person.
    """
    shut = Channel.objects.filter(app=app)
    shut = shut.none() if isinstance(only, All) else shut.exclude(name__in=only)
    device = TesterDevice.objects.filter(tester=OuterRef("tester"), left_at=None)
    inside = TesterMembership.objects.filter(group=OuterRef("pk"))
    waiting = TesterInvite.objects.filter(group=OuterRef("pk"), uses=0, revoked_at=None).exclude(tester=None)
    groups = TesterGroup.objects.filter(app=app).exclude(channels__in=shut)
    return (
        groups
        .exclude(Exists(previews_of_group()))
        .annotate(
            people=_counted(inside), joined=_counted(inside.filter(Exists(device))), waiting=_counted(waiting)
        )
        .order_by(F("ended_at").asc(nulls_first=True), "name")
        .prefetch_related("channels")
    )


# Apart from each other: joined in one query, rows of one kind would multiply those of another.
def _counted(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("group").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def previews_of_group() -> QuerySet[Channel]:
    """The previews that the group of the row outside is for."""
    return Channel.objects.filter(tester_groups=OuterRef("pk")).exclude(preview_of="")


def preview_of(*, group: TesterGroup) -> Channel | None:
    """Find the preview that a group is for; None: it's for none."""
    return group.channels.exclude(preview_of="").first()


def group_links(*, group: TesterGroup, now: datetime) -> QuerySet[TesterInvite]:
    """Links to a group for whoever has them that still let somebody in or are full, newest first."""
    links = TesterInvite.objects.filter(group=group, tester=None, revoked_at=None, expires_at__gt=now)
    return links.select_related("created_by").order_by("-pk")


def group_devices(*, group: TesterGroup) -> int:
    """Count devices that are on a channel of this group and would leave it with the group."""
    inside = TesterMembership.objects.filter(group=group, tester=OuterRef("tester"))
    devices = TesterDevice.objects.filter(
        Exists(inside), left_at=None, membership__channel__tester_groups=group
    )
    return devices.count()


def not_to_invite(*, group: TesterGroup) -> dict[str, str]:
    """Say of each address that an invite to this group would be wrong for, why it's left out."""
    testers = Tester.objects.filter(app=group.app_id).exclude(email="")
    waiting = testers.filter(
        Exists(TesterInvite.objects.filter(group=group, tester=OuterRef("pk"), uses=0, revoked_at=None))
    )
    inside = testers.filter(memberships__group=group)
    erased = testers.exclude(deletion_requested_at=None)
    said = (
        (waiting, "has an invite already"),
        (inside, "is in the group already"),
        (erased, "asked for the deletion of their data"),
    )
    return {email: why for rows, why in said for email in rows.values_list("email", flat=True)}


def device_lines(
    *, app: App, devices: list[TesterDevice], only: OpenTo = All.ALL
) -> dict[int, list[DeviceLine]]:
    """Put devices together with what they last reported, by tester; one query.

    Those that are on another channel than these are left out: a tester may be in several betas.
    """
    if not isinstance(only, All):
        devices = [device for device in devices if channel_name_of(device) in only]
    ids = [device.device_id for device in devices]
    known = {device.device_id: device for device in Device.objects.filter(app=app, device_id__in=ids)}
    lines: dict[int, list[DeviceLine]] = {}
    for device in devices:
        line = DeviceLine(device, channel_name_of(device), known.get(device.device_id))
        lines.setdefault(device.tester_id, []).append(line)
    return lines


def feedback_of(*, app: App, only: OpenTo, version: str = "") -> QuerySet[TesterFeedback]:
    """What testers wrote, newest first; of those who are in a group that has no channel but these."""
    found = TesterFeedback.objects.filter(tester__app=app)
    if not isinstance(only, All):
        opened = groups_open(app=app, only=only).values("pk")
        found = found.filter(
            Exists(TesterMembership.objects.filter(tester=OuterRef("tester"), group__in=opened))
        )
    if version:
        found = found.filter(version=version)
    return found.select_related("tester").order_by("-at", "-pk")
