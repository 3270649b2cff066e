"""Which release a device gets: one pure function of what the device says and the live state.

The order is the design's ("How an update travels", Decide) as far as its parts exist. What a device says
about itself is a claim, never a fact: nothing here grants more than an anonymous device may have, except
by membership, where the device id is the only secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from updates.domain.rollout import rollout_includes
from updates.domain.version import native_fits


class DecisionKind(StrEnum):
    """What a device is told to do; the values are claims of the release token."""

    INSTALL = "install"
    CURRENT = "current"
    BUILTIN = "builtin"
    HOLD = "hold"


# This and `Decision` are made for every check: a struct takes a tenth of a frozen dataclass's time.
class DeviceFacts(msgspec.Struct, frozen=True, gc=False):
    """What a device says about itself.

    On the built-in bundle `current_version` is empty, or the native version: newer Capgo plugins name it so.
    A bundle with the native version's name can't be told from it, by the plugin or by us; the plugin would
    not install it either.
    """

    app_id: str
    device_id: str
    platform: str
    native_version: str
    current_version: str
    requested_channel: str = ""
    is_emulator: bool = False
    is_production: bool = True


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A live release as the decision needs it; empty native bounds are none."""

    release_id: int
    release_seq: int
    version: str
    bundle_sha256: str
    bundle_size: int
    manifest_sha256: str
    rollout_bps: int
    rollout_salt: str
    native_min: str
    native_max: str


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel and its live releases, newest first."""

    channel_id: int
    name: str
    public: bool
    self_assignable: bool
    platforms: frozenset[str]
    serves_builtin: bool
    decision_seq: int
    releases: tuple[ReleaseView, ...]


@dataclass(frozen=True, slots=True)
class AppView:
    """All live state of one app: channels by name, public channel by platform, channel by member device."""

    app_id: str
    channels: Mapping[str, ChannelView]
    public_by_platform: Mapping[str, str]
    members: Mapping[str, str]


class Decision(msgspec.Struct, frozen=True, gc=False):
    """The answer. `channel` is None where no channel serves the device; then there's nothing to count."""

    kind: DecisionKind
    channel: ChannelView | None
    release: ReleaseView | None

    @property
    def decision_seq(self) -> int:
        """The channel's number of changes; 0 without a channel."""
        return self.channel.decision_seq if self.channel else 0


def decide(app: AppView, device: DeviceFacts) -> Decision:
    """Decide what `device` should run; a release is named with `install` and `current` only."""
    channel = channel_of(app, device)
    if channel is None:
        return Decision(DecisionKind.HOLD, None, None)
    release = release_for(channel, device)
    if release is not None:
        running = release.version == device.current_version
        return Decision(DecisionKind.CURRENT if running else DecisionKind.INSTALL, channel, release)
    leaves = channel.serves_builtin and device.current_version not in {"", device.native_version}
    return Decision(DecisionKind.BUILTIN if leaves else DecisionKind.HOLD, channel, None)


def channel_of(app: AppView, device: DeviceFacts) -> ChannelView | None:
    """Find the device's channel: the one asked for if it may use it, its membership, the public one."""
    asked = app.channels.get(device.requested_channel)
    if asked is not None and may_use(app, asked, device):
        return asked
    for name in (app.members.get(device.device_id), app.public_by_platform.get(device.platform)):
        channel = app.channels.get(name) if name else None
        if channel is not None and device.platform in channel.platforms:
            return channel
    return None


def may_use(app: AppView, channel: ChannelView, device: DeviceFacts) -> bool:
    """Tell whether the device may ask for `channel` by name."""
    if device.platform not in channel.platforms:
        return False
    return channel.public or channel.self_assignable or app.members.get(device.device_id) == channel.name


def release_for(channel: ChannelView, device: DeviceFacts) -> ReleaseView | None:
    """Find the newest live release that fits the native build and whose rollout includes the device.

    A full release includes everybody, so a device outside a partial one falls through to it. Native
    bounds have no fall-back: a bundle that doesn't fit the native build would break the app.
    """
    for release in channel.releases:
        if native_fits(device.native_version, release.native_min, release.native_max) and rollout_includes(
            rollout_bps=release.rollout_bps, salt=release.rollout_salt, device_id=device.device_id
        ):
            return release
    return None
