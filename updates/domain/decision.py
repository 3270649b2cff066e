"""What a decision is made from and what it says: a device's words, the live state, the answer.

What a device says about itself is a claim, never a fact. The views are the decision table's: made once for
each change, read by every check.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from updates.domain.audience import EVERYBODY, Audience
from updates.domain.channel_rules import UpdatePolicy

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class DecisionKind(StrEnum):
    """What a device is told to do; the values are claims of the release token."""

    INSTALL = "install"
    CURRENT = "current"
    BUILTIN = "builtin"
    HOLD = "hold"


class Rule(StrEnum):
    """The rules in their order: of the app, of the choice of channel, of the channel, of each release."""

    APP_SHUTOFF = "app_shutoff"
    OVERRIDE = "override"
    CHANNEL_ASKED = "channel_asked"
    MEMBERSHIP = "membership"
    PUBLIC_CHANNEL = "public_channel"
    CHANNEL_SHUTOFF = "channel_shutoff"
    EMULATOR = "emulator"
    DEVELOPMENT = "development"
    PRODUCTION = "production"
    CHANNEL_NATIVE_BOUNDS = "channel_native_bounds"
    WITHDRAWN = "withdrawn"
    NATIVE_BOUNDS = "native_bounds"
    NATIVE_PLUGINS = "native_plugins"
    AUDIENCE = "audience"
    UPDATE_POLICY = "update_policy"
    UNDER_NATIVE = "under_native"
    ROLLOUT = "rollout"
    PACING = "pacing"
    PAUSED = "paused"
    FAILED_BEFORE = "failed_before"
    # What is left once no release is for the device.
    BUILTIN = "builtin"
    RUNS_WITHDRAWN = "runs_withdrawn"
    NO_WAY_BACK = "no_way_back"


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
    os_version: str = ""
    plugin_version: str = ""
    # These two as far as the app keeps them; else they are empty.
    custom_id: str = ""
    attributes: Mapping[str, str] = _NOTHING
    # Whether its plugin can leave a bundle for the built-in one; told by the dialect that it speaks.
    has_way_back: bool = True
    # Of an app with PHI: what was dropped or refused (`updates.domain.phi_marks`); else empty.
    phi_mark: str = ""

    @property
    def is_on_builtin(self) -> bool:
        """Whether it runs the bundle of the store's build."""
        return not self.current_version or self.current_version == self.native_version


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A release on a channel as the decision needs it; empty native bounds are none.

    Attributes:
        offered: Live; otherwise paused or halted, which only keeps who runs it.
        live_epoch: When it first went live; spreading counts from then.
        withdrawn: Its content was taken back for good, under whatever version.
        lacking: Native builds, as (platform, native version), without a plugin that the bundle needs.
        has_failures: Whether any device reported that it failed: only then one is looked up.
        hurries: Whether it, or a release that it replaced, is mandatory.
        unhurried: Who runs one of these versions has the replaced mandatory release behind it.
    """

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
    offered: bool = True
    audience: Audience = EVERYBODY
    spread_minutes: int = 0
    live_epoch: int = 0
    withdrawn: bool = False
    lacking: frozenset[tuple[str, str]] = frozenset()
    has_failures: bool = False
    hurries: bool = False
    unhurried: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel and the releases on it, the last to go live first.

    Attributes:
        paused: Nothing new is offered; what was taken back is left all the same.
        taken_back: Versions that were rolled back here and aren't on the channel any more.
        expires_epoch: From when a preview serves nobody; 0 for all other channels.
    """

    channel_id: int
    name: str
    public: bool
    self_assignable: bool
    platforms: frozenset[str]
    serves_builtin: bool
    decision_seq: int
    releases: tuple[ReleaseView, ...]
    allow_emulator: bool = True
    allow_development: bool = True
    allow_production: bool = True
    native_min: str = ""
    native_max: str = ""
    update_policy: UpdatePolicy = UpdatePolicy.NONE
    blocks_under_native: bool = False
    store_update_required: bool = False
    paused: bool = False
    shutoff: bool = False
    taken_back: frozenset[str] = frozenset()
    expires_epoch: int = 0
    # Kept here by `offer_rules.plan_of`; a view that replaces this one begins without.
    plan: list[Any] = field(default_factory=list, init=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OverrideView:
    """Where somebody forced a device to: a channel, or one release of it, until a time."""

    channel_name: str
    release: ReleaseView | None
    until_epoch: int


@dataclass(frozen=True, slots=True)
class AppView:
    """All live state of one app: channels by name, public channel by platform, channel by member device.

    Attributes:
        withdrawn: Versions whose content was withdrawn.
        attributes: The values that each attribute may have; no other attribute is kept.
        handles_phi: No free text of its devices is kept, and no question of theirs answered without TLS.
    """

    app_id: str
    channels: Mapping[str, ChannelView]
    public_by_platform: Mapping[str, str]
    members: Mapping[str, str]
    overrides: Mapping[str, OverrideView] = field(default_factory=dict)
    shutoff: bool = False
    withdrawn: frozenset[str] = frozenset()
    keeps_custom_id: bool = False
    handles_phi: bool = False
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Decision(msgspec.Struct, frozen=True, gc=False):
    """The answer. `channel` is None where no channel serves the device; then there's nothing to count.

    `reason` is the rule that kept the newest release, or all of them, from the device. `mandatory` comes with
    `install` only. `store_update` says that a build from the store would get a release that this one can't.
    """

    kind: DecisionKind
    channel: ChannelView | None
    release: ReleaseView | None
    reason: Rule | None = None
    mandatory: bool = False
    store_update: bool = False

    @property
    def decision_seq(self) -> int:
        """The channel's number of changes; 0 without a channel."""
        return self.channel.decision_seq if self.channel else 0


# Whether this device reported that the release failed, and nobody has allowed it again.
Failed = Callable[[ReleaseView], bool]
