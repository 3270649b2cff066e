"""How far the testers of a group have come: from the invite to the latest release on their device.

Whoever reached a stage has reached those before it. Devices count by their last word about themselves, on the
channels of the group; "latest" is what went live last on the channel that the device is on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, cast

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
)

from accounts.domain.access import All, OpenTo
from updates.domain.release_state import ReleaseState
from updates.models import (
    ChannelMember,
    Device,
    Release,
    Tester,
    TesterDevice,
    TesterGroup,
    TesterInvite,
    TesterMembership,
)
from updates.selectors.receipts import RECEIVED
from updates.selectors.tester_groups import DeviceLine, device_lines

STAGES: Final = ("sent", "opened", "accepted", "joined", "latest")
STAGE_WORDS: Final = {
    "sent": "Invited",
    "opened": "Opened the invite",
    "accepted": "Accepted",
    "joined": "Joined with a device",
    "latest": "On the latest release",
}


class _Found(Protocol):
    """A tester with what `group_testers` looked up beside."""

    is_opened: bool
    is_accepted: bool
    is_joined: bool
    is_latest: bool
    is_member: bool
    own_invites: list[TesterInvite]
    joined_devices: list[TesterDevice]


@dataclass(frozen=True, slots=True)
class TesterLine:
    """A tester as a group's page shows them.

    Attributes:
        tester: Who.
        stage: How far they have come.
        state: Why it goes no further by itself: `left`, `revoked` or `expired`; empty: it may.
        invite: Theirs to this group, if they came or are to come by one.
        is_member: Whether they are in the group now.
        devices: Those that are in the beta.
    """

    tester: Tester
    stage: str
    state: str
    invite: TesterInvite | None
    is_member: bool
    devices: list[DeviceLine]

    @property
    def stage_words(self) -> str:
        """The stage, as pages write it."""
        return STAGE_WORDS[self.stage]

    @property
    def is_awaited(self) -> bool:
        """Whether another invite would bring them here."""
        return not self.is_member and self.state in {"", "expired"}


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """A stage, how many have come that far, and how many of those before it."""

    name: str
    words: str
    people: int
    of: int


def tester_funnel(*, group: TesterGroup) -> list[FunnelStage]:
    """Count the testers of a group by stage."""
    counted = _staged(group).aggregate(**{
        name: Count("pk", filter=Q(**{f"is_{name}": True})) for name in STAGES
    })
    whole = counted[STAGES[0]]
    return [FunnelStage(name, STAGE_WORDS[name], counted[name], whole) for name in STAGES]


def group_testers(*, group: TesterGroup, stage: str = "") -> QuerySet[Tester]:
    """Testers of a group by name, with how far each has come (`is_sent` … `is_latest`, `is_member`).

    Each has their devices in `joined_devices`, and their own invites to this group, last first, in
    `own_invites`.

    Args:
        group: Whose.
        stage: Only whoever is stuck there: has come this far and no further. Empty: all.
    """
    people = _staged(group)
    if stage in STAGES:
        people = people.filter(**{f"is_{stage}": True})
        following = STAGES[STAGES.index(stage) + 1 :][:1]
        people = people.filter(**{f"is_{name}": False for name in following})
    invites = TesterInvite.objects.filter(group=group).order_by("-pk")
    devices = TesterDevice.objects.filter(left_at=None).select_related("membership__channel")
    return people.order_by("name", "email", "pk").prefetch_related(
        Prefetch("invites", queryset=invites, to_attr="own_invites"),
        Prefetch("devices", queryset=devices, to_attr="joined_devices"),
    )


def group_lines(
    *, group: TesterGroup, testers: Iterable[Tester], now: datetime, only: OpenTo = All.ALL
) -> list[TesterLine]:
    """Put each of these, as `group_testers` found them, together with their devices on these channels."""
    found = list(testers)
    joined = [device for tester in found for device in _of(tester).joined_devices]
    devices = device_lines(app=group.app, devices=joined, only=only)
    return [_line(_of(tester), devices.get(tester.pk, []), now) for tester in found]


def _of(tester: Tester) -> _Found:
    return cast("_Found", tester)


def _line(found: _Found, devices: list[DeviceLine], now: datetime) -> TesterLine:
    stage = next(name for name in reversed(STAGES) if name == "sent" or getattr(found, f"is_{name}"))
    invite = found.own_invites[0] if found.own_invites else None
    state = ""
    if not found.is_member:
        state = _state_outside(invite, now)
    return TesterLine(cast("Tester", found), stage, state, invite, found.is_member, devices)


def _state_outside(invite: TesterInvite | None, now: datetime) -> str:
    """Say why somebody who isn't in the group won't be."""
    if invite is None or invite.uses:
        return "left"
    if invite.revoked_at is not None:
        return "revoked"
    return "expired" if invite.expires_at <= now else ""


def _staged(group: TesterGroup) -> QuerySet[Tester]:
    invites = TesterInvite.objects.filter(group=group, tester=OuterRef("pk"))
    inside = Exists(TesterMembership.objects.filter(group=group, tester=OuterRef("pk")))
    people = Tester.objects.filter(Exists(invites) | inside, app=group.app_id)
    # An accepted invite counts too where somebody has left since: they did come that far.
    accepted = Q(inside) | Q(Exists(invites.filter(uses__gte=1)))
    opened = accepted | Q(Exists(invites.exclude(opened_at=None)))
    return people.annotate(
        is_member=inside,
        is_sent=Value(True),
        is_opened=_boolean(opened),
        is_accepted=_boolean(accepted),
        is_joined=_boolean(accepted & Q(Exists(_devices()))),
        is_latest=_boolean(accepted & _runs_latest(group)),
    )


def _boolean(condition: Q) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(condition, output_field=BooleanField())


# Those that left are among them: who had one has come that far.
def _devices() -> QuerySet[TesterDevice]:
    return TesterDevice.objects.filter(tester=OuterRef("pk"))


def _runs_latest(group: TesterGroup) -> Q:
    """Ask whether a device of the tester of the row outside runs what is newest on its channel."""
    runs = Q(pk__in=[])
    for channel_id, version in _latest(group).items():
        same = Device.objects.filter(app=group.app_id, device_id=OuterRef("device_id"), version=version)
        runs |= Q(Exists(same), channel=channel_id)
    members = ChannelMember.objects.filter(runs, tester_device__tester=OuterRef("pk"))
    return Q(Exists(members))


def _latest(group: TesterGroup) -> dict[int, str]:
    """Name the version that went live last on each channel of the group, and is live."""
    live = Release.objects.filter(RECEIVED, channel__tester_groups=group, state=ReleaseState.LIVE.value)
    return dict(live.order_by("live_seq").values_list("channel_id", "bundle__version"))
