"""Which release a device gets: one pure function of what the device says and the live state.

The order of the rules is that of `decision.Rule`; docs/decisions.md tells it in words. Nothing here grants
more than an anonymous device may have, except by membership or an override, where the device id is the only
secret.
"""

from collections.abc import Callable
from typing import Final

from updates.domain.decision import (
    AppView,
    ChannelView,
    Decision,
    DecisionKind,
    DeviceFacts,
    Failed,
    OverrideView,
    ReleaseView,
    Rule,
)
from updates.domain.offer_rules import (
    FORCED_CHANNEL_RULES,
    FORCED_RELEASE_RULES,
    Asked,
    Plan,
    channel_needs_store,
    channel_rules_set,
    channel_stop,
    plan_of,
    release_needs_store,
    release_rules_set,
    release_stop,
)

__all__ = [
    "AppView",
    "ChannelView",
    "Decision",
    "DecisionKind",
    "DeviceFacts",
    "Failed",
    "OverrideView",
    "ReleaseView",
    "Rule",
    "channel_of",
    "decide",
    "may_use",
]


def decide(app: AppView, device: DeviceFacts, *, now_epoch: int, failed: Failed) -> Decision:
    """Decide what `device` should run; a release is named with `install` and `current` only.

    Args:
        app: The app's live state.
        device: What the device says.
        now_epoch: Seconds since 1970.
        failed: Asked about releases that have failed anywhere, once nothing else is against them.
    """
    if app.shutoff:
        return nothing_for(app, device, None, Rule.APP_SHUTOFF)
    channel = channel_of(app, device, now_epoch=now_epoch)
    if channel is None:
        return nothing_for(app, device, None, Rule.PUBLIC_CHANNEL)
    asked = Asked(app, channel, device, now_epoch, failed)
    override = override_of(app, device, now_epoch) if app.overrides else None
    if override is not None and override.release is not None:
        return _forced_to(asked, override.release)
    plan = plan_of(channel)
    stop = channel_stop(channel, device, plan.of_channel)
    return _stopped(asked, stop) if stop else _newest_for(asked, plan)


def _forced_to(asked: Asked, release: ReleaseView) -> Decision:
    """Give a device the release that it is forced to, or nothing."""
    channel = asked.channel
    stop = channel_stop(channel, asked.device, channel_rules_set(channel, FORCED_CHANNEL_RULES))
    if stop is not None:
        return _stopped(asked, stop)
    stop = release_stop(asked, release, release_rules_set(channel, release, FORCED_RELEASE_RULES))
    return nothing_for(asked.app, asked.device, channel, stop) if stop else chosen(asked, release, None)


def _stopped(asked: Asked, stop: Rule) -> Decision:
    needs_store = channel_needs_store(asked.channel, asked.device, stop)
    return nothing_for(asked.app, asked.device, asked.channel, stop, store_update=needs_store)


def _newest_for(asked: Asked, plan: Plan) -> Decision:
    """Find the newest release for the device; one that isn't falls through to those beneath it."""
    reason: Rule | None = None
    store_update = False
    for release, rules in plan.of_releases:
        stop = release_stop(asked, release, rules)
        if stop is None:
            return chosen(asked, release, reason, store_update=store_update)
        reason = reason or stop
        store_update = store_update or release_needs_store(asked, release, stop)
    return nothing_left(asked, reason, store_update=store_update)


def chosen(
    asked: Asked, release: ReleaseView, reason: Rule | None, *, store_update: bool = False
) -> Decision:
    """Tell the device to run a release; `reason` kept a newer one from it."""
    current = asked.device.current_version
    if release.version == current:
        return Decision(DecisionKind.CURRENT, asked.channel, release, reason, False, store_update)
    hurries = release.hurries and current not in release.unhurried
    return Decision(DecisionKind.INSTALL, asked.channel, release, reason, hurries, store_update)


def nothing_left(asked: Asked, reason: Rule | None, *, store_update: bool) -> Decision:
    """End where none of the channel's releases is for the device."""
    if asked.channel.serves_builtin and not asked.device.is_on_builtin:
        return _sent_back(asked.device, asked.channel, reason, store_update=store_update)
    return nothing_for(asked.app, asked.device, asked.channel, reason, store_update=store_update)


def nothing_for(
    app: AppView,
    device: DeviceFacts,
    channel: ChannelView | None,
    reason: Rule | None,
    *,
    store_update: bool = False,
) -> Decision:
    """Leave the device with what it has, unless that was withdrawn: then its own bundle is better."""
    if device.current_version in app.withdrawn and not device.is_on_builtin:
        return _sent_back(device, channel, reason, store_update=store_update)
    return Decision(DecisionKind.HOLD, channel, None, reason, False, store_update)


def _sent_back(
    device: DeviceFacts, channel: ChannelView | None, reason: Rule | None, *, store_update: bool
) -> Decision:
    """Send a device back to its built-in bundle; one whose plugin has no way back holds."""
    if not device.has_way_back:
        return Decision(DecisionKind.HOLD, channel, None, Rule.NO_WAY_BACK, False, store_update)
    return Decision(DecisionKind.BUILTIN, channel, None, reason, False, store_update)


def channel_of(app: AppView, device: DeviceFacts, *, now_epoch: int) -> ChannelView | None:
    """Find the device's channel: forced to, asked for if it may use it, its membership, the public one."""
    for _, find in CHANNEL_SOURCES:
        channel = find(app, device, now_epoch)
        if channel is not None:
            return channel
    return None


def may_use(app: AppView, channel: ChannelView, device: DeviceFacts, *, now_epoch: int) -> bool:
    """Tell whether the device may ask for `channel` by name."""
    if not serves(channel, device, now_epoch):
        return False
    return channel.public or channel.self_assignable or app.members.get(device.device_id) == channel.name


def serves(channel: ChannelView, device: DeviceFacts, now_epoch: int) -> bool:
    """Tell whether the channel is for the device's platform, and isn't a preview that is over."""
    return device.platform in channel.platforms and not 0 < channel.expires_epoch <= now_epoch


def override_of(app: AppView, device: DeviceFacts, now_epoch: int) -> OverrideView | None:
    """Find what the device is forced to now, if its channel can serve it at all."""
    override = app.overrides.get(device.device_id)
    if override is None or override.until_epoch <= now_epoch:
        return None
    return override if _serving(app, override.channel_name, device, now_epoch) else None


def _serving(app: AppView, name: str | None, device: DeviceFacts, now_epoch: int) -> ChannelView | None:
    channel = app.channels.get(name) if name else None
    return channel if channel is not None and serves(channel, device, now_epoch) else None


def _forced(app: AppView, device: DeviceFacts, now_epoch: int) -> ChannelView | None:
    override = override_of(app, device, now_epoch) if app.overrides else None
    return app.channels[override.channel_name] if override else None


def _asked_for(app: AppView, device: DeviceFacts, now_epoch: int) -> ChannelView | None:
    channel = app.channels.get(device.requested_channel)
    if channel is None or not may_use(app, channel, device, now_epoch=now_epoch):
        return None
    return channel


def _membership(app: AppView, device: DeviceFacts, now_epoch: int) -> ChannelView | None:
    return _serving(app, app.members.get(device.device_id), device, now_epoch)


def _public(app: AppView, device: DeviceFacts, now_epoch: int) -> ChannelView | None:
    return _serving(app, app.public_by_platform.get(device.platform), device, now_epoch)


ChannelSource = Callable[[AppView, DeviceFacts, int], ChannelView | None]
CHANNEL_SOURCES: Final[tuple[tuple[Rule, ChannelSource], ...]] = (
    (Rule.OVERRIDE, _forced),
    (Rule.CHANNEL_ASKED, _asked_for),
    (Rule.MEMBERSHIP, _membership),
    (Rule.PUBLIC_CHANNEL, _public),
)
