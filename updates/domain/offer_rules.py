"""The rules of a decision, each a small predicate, in tables whose order is the order of the rules.

`targeting.decide` walks these tables for every check, `explanation.explain` for a page: so what a page says
about a decision can't be another rule than the one that made it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, TypeVar

import msgspec
from semver import Version

from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import AppView, ChannelView, DeviceFacts, Failed, ReleaseView, Rule
from updates.domain.pacing import effective_bps
from updates.domain.rollout import rollout_includes
from updates.domain.version import native_fits, native_version_parse

_POLICY_PARTS: Final[Mapping[UpdatePolicy, int]] = {
    UpdatePolicy.NONE: 0,
    UpdatePolicy.MAJOR: 1,
    UpdatePolicy.MINOR: 2,
    UpdatePolicy.PATCH: 3,
}


_Predicate = TypeVar("_Predicate")


class Asked(msgspec.Struct, frozen=True, gc=False):
    """Everything that the rules of one decision look at."""

    app: AppView
    channel: ChannelView
    device: DeviceFacts
    now_epoch: int
    failed: Failed


ChannelRules = tuple[tuple[Rule, Callable[[ChannelView, DeviceFacts], bool]], ...]
ReleaseRules = tuple[tuple[Rule, Callable[[Asked, ReleaseView], bool]], ...]


def _is_on(channel: ChannelView, _device: DeviceFacts) -> bool:
    return not channel.shutoff


def _lets_emulator(channel: ChannelView, device: DeviceFacts) -> bool:
    return channel.allow_emulator or not device.is_emulator


def _lets_development(channel: ChannelView, device: DeviceFacts) -> bool:
    return channel.allow_development or device.is_production


def _lets_production(channel: ChannelView, device: DeviceFacts) -> bool:
    return channel.allow_production or not device.is_production


def _channel_fits(channel: ChannelView, device: DeviceFacts) -> bool:
    return native_fits(device.native_version, channel.native_min, channel.native_max)


CHANNEL_RULES: Final[ChannelRules] = (
    (Rule.CHANNEL_SHUTOFF, _is_on),
    (Rule.EMULATOR, _lets_emulator),
    (Rule.DEVELOPMENT, _lets_development),
    (Rule.PRODUCTION, _lets_production),
    (Rule.CHANNEL_NATIVE_BOUNDS, _channel_fits),
)


def _is_not_withdrawn(_asked: Asked, release: ReleaseView) -> bool:
    return not release.withdrawn


def _fits(asked: Asked, release: ReleaseView) -> bool:
    return native_fits(asked.device.native_version, release.native_min, release.native_max)


def _has_plugins(asked: Asked, release: ReleaseView) -> bool:
    return not release.lacking or (asked.device.platform, asked.device.native_version) not in release.lacking


def _is_for(asked: Asked, release: ReleaseView) -> bool:
    audience, device = release.audience, asked.device
    return (
        not audience.is_targeted
        or device.device_id in audience.always
        or audience.admits(
            platform=device.platform,
            os_version=device.os_version,
            native_version=device.native_version,
            plugin_version=device.plugin_version,
            attributes=device.attributes,
        )
    )


def _policy_lets(asked: Asked, release: ReleaseView) -> bool:
    policy = asked.channel.update_policy
    return policy is UpdatePolicy.NONE or _is_within(policy, release.version, asked.device.native_version)


def _is_not_under_native(asked: Asked, release: ReleaseView) -> bool:
    return not asked.channel.blocks_under_native or is_from_native_on(
        release.version, asked.device.native_version
    )


def _is_rolled_out(asked: Asked, release: ReleaseView) -> bool:
    return (
        rollout_includes(
            rollout_bps=release.rollout_bps, salt=release.rollout_salt, device_id=asked.device.device_id
        )
        or asked.device.device_id in release.audience.always
    )


def _is_its_turn(asked: Asked, release: ReleaseView) -> bool:
    """Spread downloads; who runs it, or is always in, waits for nothing."""
    device = asked.device
    return (
        not release.spread_minutes
        or release.version == device.current_version
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
    if not release.offered or not asked.channel.paused:
        return release.offered
    return current in asked.channel.taken_back or current in asked.app.withdrawn


def _has_not_failed(asked: Asked, release: ReleaseView) -> bool:
    """Ask last, because this may cost a look into Redis; what runs has proven itself."""
    return (
        not release.has_failures
        or release.version == asked.device.current_version
        or not asked.failed(release)
    )


RELEASE_RULES: Final[ReleaseRules] = (
    (Rule.WITHDRAWN, _is_not_withdrawn),
    (Rule.NATIVE_BOUNDS, _fits),
    (Rule.NATIVE_PLUGINS, _has_plugins),
    (Rule.AUDIENCE, _is_for),
    (Rule.UPDATE_POLICY, _policy_lets),
    (Rule.UNDER_NATIVE, _is_not_under_native),
    (Rule.ROLLOUT, _is_rolled_out),
    (Rule.PACING, _is_its_turn),
    (Rule.PAUSED, _is_offered),
    (Rule.FAILED_BEFORE, _has_not_failed),
)


def _only(rules: tuple[tuple[Rule, _Predicate], ...], *kept: Rule) -> tuple[tuple[Rule, _Predicate], ...]:
    return tuple((rule, holds) for rule, holds in rules if rule in kept)


# Of a device that somebody forced to a release, only what keeps it from breaking is asked.
FORCED_CHANNEL_RULES: Final = _only(CHANNEL_RULES, Rule.CHANNEL_SHUTOFF, Rule.CHANNEL_NATIVE_BOUNDS)
FORCED_RELEASE_RULES: Final = _only(
    RELEASE_RULES, Rule.WITHDRAWN, Rule.NATIVE_BOUNDS, Rule.NATIVE_PLUGINS, Rule.FAILED_BEFORE
)
# What must hold of a release for another native build to be all that a device lacks.
_REACH_RULES: Final = _only(
    RELEASE_RULES, Rule.WITHDRAWN, Rule.AUDIENCE, Rule.ROLLOUT, Rule.PACING, Rule.PAUSED
)


def channel_stop(channel: ChannelView, device: DeviceFacts, rules: ChannelRules) -> Rule | None:
    """Name the first rule by which the channel serves the device nothing."""
    for rule, holds in rules:
        if not holds(channel, device):
            return rule
    return None


def release_stop(asked: Asked, release: ReleaseView, rules: ReleaseRules) -> Rule | None:
    """Name the first rule by which the device doesn't get the release."""
    for rule, holds in rules:
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
    native = asked.device.native_version
    if not asked.channel.store_update_required:
        return False
    if stopped_by is Rule.NATIVE_BOUNDS:
        is_older = not native_fits(native, release.native_min, "")
    else:
        is_older = stopped_by is Rule.UPDATE_POLICY and is_from_native_on(release.version, native)
    return is_older and release_stop(asked, release, _REACH_RULES) is None


def bps_by_now(release: ReleaseView, now_epoch: int) -> int:
    """Return the share of devices that are offered the release by now."""
    return effective_bps(
        rollout_bps=release.rollout_bps,
        spread_minutes=release.spread_minutes,
        live_epoch=release.live_epoch,
        now_epoch=now_epoch,
    )


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
