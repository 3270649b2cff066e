"""The rules of a decision, each two small predicates, in tables whose order is the order of the rules.

`is_set` tells of a channel or release whether the rule judges anybody there at all; `holds` judges a device.
`targeting.decide` asks only rules that are set, worked out once for each channel (`plan_of`), because it runs
in every check; `explanation.explain` goes through all of them for a page. So what a page says about a
decision can't be another rule than the one that made it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
from semver import Version

from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import AppView, ChannelView, DeviceFacts, Failed, ReleaseView, Rule
from updates.domain.pacing import effective_bps
from updates.domain.rollout import BASIS_POINTS, rollout_includes
from updates.domain.version import native_fits, native_version_parse

_POLICY_PARTS: Final[Mapping[UpdatePolicy, int]] = {
    UpdatePolicy.NONE: 0,
    UpdatePolicy.MAJOR: 1,
    UpdatePolicy.MINOR: 2,
    UpdatePolicy.PATCH: 3,
}


class Asked(msgspec.Struct, frozen=True, gc=False):
    """Everything that the rules of one decision look at."""

    app: AppView
    channel: ChannelView
    device: DeviceFacts
    now_epoch: int
    failed: Failed


class ChannelRule(NamedTuple):
    """A rule of a channel; `holds` is asked only where `is_set`."""

    rule: Rule
    is_set: Callable[[ChannelView], bool]
    holds: Callable[[ChannelView, DeviceFacts], bool]


class ReleaseRule(NamedTuple):
    """A rule of a release; the same."""

    rule: Rule
    is_set: Callable[[ChannelView, ReleaseView], bool]
    holds: Callable[[Asked, ReleaseView], bool]


ChannelRules = tuple[ChannelRule, ...]
ReleaseRules = tuple[ReleaseRule, ...]


class Plan(NamedTuple):
    """What a channel's decisions have to ask: its own rules that are set, and those of each release."""

    of_channel: ChannelRules
    of_releases: tuple[tuple[ReleaseView, ReleaseRules], ...]


@lru_cache(maxsize=16_384)
def _is_within(policy: UpdatePolicy, bundle: str, native: str) -> bool:
    """Tell whether the versions differ no more than the policy lets; an unreadable one always does."""
    native_version = native_version_parse(native)
    parts = _POLICY_PARTS[policy]
    return (
        native_version is not None
        and Version.parse(bundle).to_tuple()[:parts] == native_version.to_tuple()[:parts]
    )


@lru_cache(maxsize=16_384)
def is_from_native_on(bundle: str, native: str) -> bool:
    """Tell whether a bundle's version isn't below the native one; below an unreadable one is any."""
    native_version = native_version_parse(native)
    return native_version is not None and Version.parse(bundle) >= native_version


CHANNEL_RULES: Final[ChannelRules] = (
    ChannelRule(Rule.CHANNEL_SHUTOFF, lambda channel: channel.shutoff, lambda _channel, _device: False),
    ChannelRule(
        Rule.EMULATOR,
        lambda channel: not channel.allow_emulator,
        lambda _channel, device: not device.is_emulator,
    ),
    ChannelRule(
        Rule.DEVELOPMENT,
        lambda channel: not channel.allow_development,
        lambda _channel, device: device.is_production,
    ),
    ChannelRule(
        Rule.PRODUCTION,
        lambda channel: not channel.allow_production,
        lambda _channel, device: not device.is_production,
    ),
    ChannelRule(
        Rule.CHANNEL_NATIVE_BOUNDS,
        lambda channel: bool(channel.native_min or channel.native_max),
        lambda channel, device: native_fits(device.native_version, channel.native_min, channel.native_max),
    ),
)


def _has_plugins(asked: Asked, release: ReleaseView) -> bool:
    return (asked.device.platform, asked.device.native_version) not in release.lacking


def _is_for(asked: Asked, release: ReleaseView) -> bool:
    audience, device = release.audience, asked.device
    return device.device_id in audience.always or audience.admits(
        platform=device.platform,
        os_version=device.os_version,
        native_version=device.native_version,
        plugin_version=device.plugin_version,
        attributes=device.attributes,
    )


def _is_rolled_out(asked: Asked, release: ReleaseView) -> bool:
    device_id = asked.device.device_id
    return device_id in release.audience.always or rollout_includes(
        rollout_bps=release.rollout_bps, salt=release.rollout_salt, device_id=device_id
    )


def _is_its_turn(asked: Asked, release: ReleaseView) -> bool:
    """Spread downloads; who runs it, or is always in, waits for nothing."""
    device = asked.device
    return (
        release.version == device.current_version
        or device.device_id in release.audience.always
        or rollout_includes(
            rollout_bps=bps_by_now(release, asked.now_epoch),
            salt=release.rollout_salt,
            device_id=device.device_id,
        )
    )


def _is_offered(asked: Asked, release: ReleaseView) -> bool:
    """Offer what is paused to nobody but who runs it; of what was taken back, lead away even in a pause."""
    current = asked.device.current_version
    if release.version == current:
        return True
    return release.offered and (current in asked.channel.taken_back or current in asked.app.withdrawn)


def _has_not_failed(asked: Asked, release: ReleaseView) -> bool:
    """Ask last, because this may cost a look into Redis; what runs has proven itself."""
    return release.version == asked.device.current_version or not asked.failed(release)


RELEASE_RULES: Final[ReleaseRules] = (
    ReleaseRule(Rule.WITHDRAWN, lambda _channel, release: release.withdrawn, lambda _asked, _release: False),
    ReleaseRule(
        Rule.NATIVE_BOUNDS,
        lambda _channel, release: bool(release.native_min or release.native_max),
        lambda asked, release: native_fits(
            asked.device.native_version, release.native_min, release.native_max
        ),
    ),
    ReleaseRule(Rule.NATIVE_PLUGINS, lambda _channel, release: bool(release.lacking), _has_plugins),
    ReleaseRule(Rule.AUDIENCE, lambda _channel, release: release.audience.is_targeted, _is_for),
    ReleaseRule(
        Rule.UPDATE_POLICY,
        lambda channel, _release: channel.update_policy is not UpdatePolicy.NONE,
        lambda asked, release: _is_within(
            asked.channel.update_policy, release.version, asked.device.native_version
        ),
    ),
    ReleaseRule(
        Rule.UNDER_NATIVE,
        lambda channel, _release: channel.blocks_under_native,
        lambda asked, release: is_from_native_on(release.version, asked.device.native_version),
    ),
    ReleaseRule(Rule.ROLLOUT, lambda _channel, release: release.rollout_bps < BASIS_POINTS, _is_rolled_out),
    ReleaseRule(Rule.PACING, lambda _channel, release: release.spread_minutes > 0, _is_its_turn),
    ReleaseRule(Rule.PAUSED, lambda channel, release: channel.paused or not release.offered, _is_offered),
    ReleaseRule(Rule.FAILED_BEFORE, lambda _channel, release: release.has_failures, _has_not_failed),
)

# Of a device that somebody forced to a release, only what keeps it from breaking is asked.
_NEVER_FORCED: Final = frozenset({
    Rule.CHANNEL_SHUTOFF,
    Rule.CHANNEL_NATIVE_BOUNDS,
    Rule.WITHDRAWN,
    Rule.NATIVE_BOUNDS,
    Rule.NATIVE_PLUGINS,
    Rule.FAILED_BEFORE,
})
FORCED_CHANNEL_RULES: Final = tuple(one for one in CHANNEL_RULES if one.rule in _NEVER_FORCED)
FORCED_RELEASE_RULES: Final = tuple(one for one in RELEASE_RULES if one.rule in _NEVER_FORCED)
# What must hold of a release for another native build to be all that a device lacks.
_OF_REACH: Final = frozenset({Rule.WITHDRAWN, Rule.AUDIENCE, Rule.ROLLOUT, Rule.PACING, Rule.PAUSED})
_REACH_RULES: Final = tuple(one for one in RELEASE_RULES if one.rule in _OF_REACH)


def plan_of(channel: ChannelView) -> Plan:
    """Return what the channel's decisions have to ask; worked out by the first of them."""
    if not channel.plan:  # two threads may both work it out: the same, so either may come first
        channel.plan.append(
            Plan(
                channel_rules_set(channel, CHANNEL_RULES),
                tuple(
                    (release, release_rules_set(channel, release, RELEASE_RULES))
                    for release in channel.releases
                ),
            )
        )
    plan: Plan = channel.plan[0]
    return plan


def channel_rules_set(channel: ChannelView, rules: ChannelRules) -> ChannelRules:
    """Leave out of the rules those that judge nobody on this channel."""
    return tuple(one for one in rules if one.is_set(channel))


def release_rules_set(channel: ChannelView, release: ReleaseView, rules: ReleaseRules) -> ReleaseRules:
    """Leave out of the rules those that judge nobody about this release."""
    return tuple(one for one in rules if one.is_set(channel, release))


def channel_stop(channel: ChannelView, device: DeviceFacts, rules: ChannelRules) -> Rule | None:
    """Name the first of the set rules by which the channel serves the device nothing."""
    for rule, _, holds in rules:
        if not holds(channel, device):
            return rule
    return None


def release_stop(asked: Asked, release: ReleaseView, rules: ReleaseRules) -> Rule | None:
    """Name the first of the set rules by which the device doesn't get the release."""
    for rule, _, holds in rules:
        if not holds(asked, release):
            return rule
    return None


def channel_needs_store(channel: ChannelView, device: DeviceFacts, stopped_by: Rule) -> bool:
    """Tell whether a newer build from the store is what the channel asks of the device."""
    return (
        channel.store_update_required
        and stopped_by is Rule.CHANNEL_NATIVE_BOUNDS
        and not native_fits(device.native_version, channel.native_min, "")
    )


def release_needs_store(asked: Asked, release: ReleaseView, stopped_by: Rule) -> bool:
    """Tell whether a newer build from the store is all that the device lacks for the release."""
    channel, native = asked.channel, asked.device.native_version
    if not channel.store_update_required:
        return False
    if stopped_by is Rule.NATIVE_BOUNDS:
        is_older = not native_fits(native, release.native_min, "")
    else:
        is_older = stopped_by is Rule.UPDATE_POLICY and is_from_native_on(release.version, native)
    reach = release_rules_set(channel, release, _REACH_RULES)
    return is_older and release_stop(asked, release, reach) is None


def bps_by_now(release: ReleaseView, now_epoch: int) -> int:
    """Return the share of devices that are offered the release by now."""
    return effective_bps(
        rollout_bps=release.rollout_bps,
        spread_minutes=release.spread_minutes,
        live_epoch=release.live_epoch,
        now_epoch=now_epoch,
    )
