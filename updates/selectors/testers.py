"""Testers, their groups and invites: one of them, what they may do, and where their devices are."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from releaseconsole.kernel.encoding import sha256_hex
from updates.domain.testers.standing import ChannelFacts, GroupFacts
from updates.errors import NotFoundError, TesterLinkError
from updates.models import App, Channel, StorePresence, Tester, TesterDevice, TesterGroup, TesterInvite


def tester_group_get(*, app: App, group_id: int) -> TesterGroup:
    """Find a group of an app.

    Raises:
        NotFoundError: There is none.
    """
    group = tester_groups_of(app=app).filter(pk=group_id).first()
    if group is None:
        raise NotFoundError(f"{app.name} has no such group of testers.")
    return group


def tester_groups_of(*, app: App) -> QuerySet[TesterGroup]:
    """Groups of an app by name, those that ended too, with their channels."""
    return TesterGroup.objects.filter(app=app).select_related("app").prefetch_related("channels")


def tester_get(*, app: App, tester_id: int) -> Tester:
    """Find a tester of an app.

    Raises:
        NotFoundError: There is none.
    """
    tester = Tester.objects.filter(app=app, pk=tester_id).select_related("app").first()
    if tester is None:
        raise NotFoundError(f"{app.name} has no such tester.")
    return tester


def tester_invite_get(*, app: App, invite_id: int) -> TesterInvite:
    """Find an invite to a group of an app.

    Raises:
        NotFoundError: There is none.
    """
    found = TesterInvite.objects.filter(group__app=app, pk=invite_id)
    invite = found.select_related("group__app", "tester").first()
    if invite is None:
        raise NotFoundError(f"{app.name} has no such invite.")
    return invite


def tester_of_secret(*, secret: str) -> Tester:
    """Find whose own page a link opens. Who left still has it: to come back, or to ask for deletion.

    Raises:
        TesterLinkError: Nobody's (any more).
    """
    found = Tester.objects.filter(secret_sha256=sha256_hex(secret.encode())).select_related("app")
    tester = found.first() if secret else None
    if tester is None:
        raise TesterLinkError
    return tester


def presence_of(*, app: App) -> StorePresence:
    """Say where an app is in the stores; nothing is filled in where nobody has said so."""
    return StorePresence.objects.filter(app=app).first() or StorePresence(app=app)


def presences() -> QuerySet[StorePresence]:
    """What is known of all apps, by app."""
    return StorePresence.objects.order_by("app_id")


def groups_of_tester(*, tester: Tester) -> list[TesterGroup]:
    """Groups that a tester is in, by name, with their channels."""
    return list(
        TesterGroup.objects.filter(memberships__tester=tester).order_by("name").prefetch_related("channels")
    )


def groups_mailed(*, tester: Tester) -> frozenset[int]:
    """Groups, by number, for which a tester wants letters about new versions."""
    return frozenset(tester.memberships.filter(wants_mail=True).values_list("group_id", flat=True))


def feedback_is_open(*, tester: Tester, now: datetime) -> bool:
    """Whether any group that a tester is in takes feedback now."""
    groups = groups_of_tester(tester=tester)
    return any(group.may_send_feedback and group_facts(group).is_open(now) for group in groups)


def notes_are_open(*, tester: Tester, channel: Channel, now: datetime) -> bool:
    """Whether a tester sees the release notes of a channel now."""
    groups = groups_of_tester(tester=tester)
    return any(
        group.sees_notes and channel in group.channels.all() and group_facts(group).is_open(now)
        for group in groups
    )


def devices_of_tester(*, tester: Tester) -> QuerySet[TesterDevice]:
    """Devices that are in the beta, first joined first, with where they are."""
    active = TesterDevice.objects.filter(tester=tester, left_at=None)
    return active.select_related("membership__channel").order_by("enrolled_at", "pk")


def address_is_proved(tester: Tester) -> bool:
    """Whether a letter led its reader here; no letter did where the team copied a personal invite by hand.

    With a group's link an address is there only once it was confirmed.
    """
    invite = tester.came_by
    return (
        bool(tester.email) and invite is not None and (invite.tester_id is None or invite.sent_at is not None)
    )


def devices_still_theirs(testers: Collection[Tester]) -> set[tuple[str, str]]:
    """Return app and id of the devices of one person, left ones too, but for those that changed hands.

    A phone that another tester has in the beta by now is that one's, whoever had it before.
    """
    pks = [tester.pk for tester in testers]
    rows = TesterDevice.objects.filter(tester__in=pks).values_list("app_id", "device_id")
    return {device for device in rows if not device_is_anothers(*device, pks)}


def device_is_anothers(app_id: str, device_id: str, testers: Collection[int]) -> bool:
    """Whether a tester who is none of these, given by number, has this device in the beta now."""
    active = TesterDevice.objects.filter(app=app_id, device_id=device_id, left_at=None)
    return active.exclude(tester__in=testers).exists()


def channel_name_of(device: TesterDevice) -> str:
    """Name the channel that a device is on; empty if the app's team took it off by hand."""
    membership = getattr(device, "membership", None)
    return membership.channel.name if membership else ""


def group_facts(group: TesterGroup) -> GroupFacts:
    """Read a group, its channels fetched, as the rules need it."""
    return GroupFacts(
        channels=channel_facts(group.channels.all()),
        may_switch=group.may_switch,
        max_devices=group.max_devices,
        platforms=frozenset(group.platforms),
        ends_at=group.ends_at,
        ended=group.ended_at is not None,
    )


def channel_facts(channels: Iterable[Channel]) -> tuple[ChannelFacts, ...]:
    """Read channels as the rules need them, by name."""
    by_name = sorted(channels, key=lambda channel: channel.name)
    return tuple(ChannelFacts(channel.name, frozenset(channel.platforms)) for channel in by_name)


def testers_to_settle(*, now: datetime) -> list[tuple[str, int]]:
    """List (app, tester) with a device on a channel though one of their groups is over."""
    over = Q(tester__groups__ended_at__isnull=False) | Q(tester__groups__ends_at__lte=now)
    found = TesterDevice.objects.filter(over, left_at=None, membership__isnull=False)
    return sorted(found.values_list("app_id", "tester_id").distinct())
