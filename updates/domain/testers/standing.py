"""What a tester may do with a device: the union of the groups that they are in, as far as those are open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from updates.errors.testers import DeviceLimitError, PlatformNotOfferedError, TesterStateError


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel that a group gives access to; `platforms` is what the channel itself serves."""

    name: str
    platforms: frozenset[str]


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group of testers as the rules need it.

    Attributes:
        channels: By name; the first is where a device goes whose tester can't choose.
        may_switch: Testers choose among all of them.
        max_devices: Per tester.
        platforms: Of devices that may join; none is all.
        ends_at: From when nobody of it is on its channels; None is never.
        ended: Somebody ended it.
    """

    channels: tuple[ChannelFacts, ...]
    may_switch: bool
    max_devices: int
    platforms: frozenset[str]
    ends_at: datetime | None
    ended: bool

    def is_open(self, now: datetime) -> bool:
        """Whether its testers are on its channels now."""
        return not self.ended and (self.ends_at is None or now < self.ends_at)

    def serves(self, channel: ChannelFacts, platform: str) -> bool:
        """Whether a device of this platform may be on one of its channels."""
        return platform in channel.platforms and (not self.platforms or platform in self.platforms)

    @property
    def offered(self) -> tuple[ChannelFacts, ...]:
        """The channels that a tester may join by themselves."""
        return self.channels if self.may_switch else self.channels[:1]


def channels_offered(groups: Iterable[GroupFacts], now: datetime) -> tuple[str, ...]:
    """Name the channels that a tester may join by themselves, each once, in the order of the groups."""
    names = [channel.name for group in groups if group.is_open(now) for channel in group.offered]
    return tuple(dict.fromkeys(names))


def stays(groups: Iterable[GroupFacts], *, channel: str, platform: str, now: datetime) -> bool:
    """Whether a device that is on a channel may remain: some open group still has the channel.

    Being offered isn't asked for: who came while testers could choose keeps what they chose.
    """
    return any(
        group.serves(each, platform)
        for group in groups
        if group.is_open(now)
        for each in group.channels
        if each.name == channel
    )


def joining_check(
    groups: Iterable[GroupFacts], *, channel: str, platform: str, others: int, now: datetime
) -> None:
    """Make sure that a device may join a channel.

    Args:
        groups: Those of its tester.
        channel: Where it wants to go.
        platform: What it says it is.
        others: How many other devices the tester has in this app.
        now: The moment.

    Raises:
        TesterStateError: No open group offers the channel.
        PlatformNotOfferedError: None does so for this platform.
        DeviceLimitError: The most generous of those that do has no room for another device.
    """
    offering = [
        (group, each)
        for group in groups
        if group.is_open(now)
        for each in group.offered
        if each.name == channel
    ]
    if not offering:
        raise TesterStateError("This beta is over, or isn't offered to you any more.")
    fitting = [group for group, each in offering if group.serves(each, platform)]
    if not fitting:
        raise PlatformNotOfferedError
    most = max(group.max_devices for group in fitting)
    if others >= most:
        raise DeviceLimitError(
            f"You have {others} devices in this beta already, and it takes {most}. "
            "Take one back to the normal version on your beta page first."
        )
