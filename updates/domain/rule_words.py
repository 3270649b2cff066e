"""How a page says what each rule looked at; of rules that aren't set, that they aren't."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import AppView, ChannelView, DeviceFacts, ReleaseView, Rule
from updates.domain.offer_rules import Asked, bps_by_now
from updates.domain.rollout import rollout_place

# What is said of a rule without a condition.
IDLE: Final[Mapping[Rule, str]] = {
    Rule.OVERRIDE: "It isn't forced anywhere.",
    Rule.CHANNEL_ASKED: "It asks for no channel.",
    Rule.MEMBERSHIP: "It is a member of no channel.",
    Rule.CHANNEL_SHUTOFF: "The channel isn't shut off.",
    Rule.EMULATOR: "The channel serves emulators too.",
    Rule.DEVELOPMENT: "The channel serves development builds too.",
    Rule.PRODUCTION: "The channel serves production builds too.",
    Rule.CHANNEL_NATIVE_BOUNDS: "The channel has no native bounds.",
    Rule.WITHDRAWN: "It isn't withdrawn.",
    Rule.NATIVE_BOUNDS: "It has no native bounds.",
    Rule.NATIVE_PLUGINS: "No registered native build lacks a plugin that it needs.",
    Rule.AUDIENCE: "It is for everybody.",
    Rule.UPDATE_POLICY: "The channel lets a live update bridge any difference of versions.",
    Rule.UNDER_NATIVE: "The channel also offers versions below the native one.",
    Rule.ROLLOUT: "It is rolled out to all devices.",
    Rule.PACING: "Its downloads aren't spread over time.",
    Rule.PAUSED: "Neither it nor the channel is paused.",
    Rule.FAILED_BEFORE: "No device has reported that it failed.",
}


def source_words(rule: Rule, app: AppView, device: DeviceFacts, *, holds: bool) -> str:
    """Say by what the choice of a channel went; nothing if nothing was asked or set."""
    name, words = _SOURCES[rule](app, device)
    if holds or not name:
        return words
    return f"{words} {_why_not(app.channels.get(name), device)}"


def channel_words(rule: Rule, channel: ChannelView, device: DeviceFacts) -> str:
    """Say what a rule of the channel looked at."""
    return _CHANNEL[rule](channel, device)


def release_words(rule: Rule, asked: Asked, release: ReleaseView) -> str:
    """Say what a rule of a release looked at."""
    return _RELEASE[rule](asked, release)


def percent(bps: int) -> str:
    """Write a share as pages do."""
    return f"{bps / 100:g} %"


def _override(app: AppView, device: DeviceFacts) -> tuple[str, str]:
    override = app.overrides.get(device.device_id)
    if override is None:
        return "", ""
    until = datetime.fromtimestamp(override.until_epoch, tz=UTC)
    target = f"release {override.release.version} of " if override.release else ""
    name = override.channel_name
    return name, f"It is forced to {target}{name} until {until:%Y-%m-%d %H:%M} UTC."


def _asked_for(_app: AppView, device: DeviceFacts) -> tuple[str, str]:
    name = device.requested_channel
    return name, f"It asks for {name}." if name else ""


def _membership(app: AppView, device: DeviceFacts) -> tuple[str, str]:
    name = app.members.get(device.device_id, "")
    return name, f"It is a member of {name}." if name else ""


def _public(app: AppView, device: DeviceFacts) -> tuple[str, str]:
    platform = device.platform or "no platform"
    name = app.public_by_platform.get(device.platform, "")
    return name, f"{name or 'No channel'} is public for {platform}."


def _why_not(channel: ChannelView | None, device: DeviceFacts) -> str:
    if channel is None:
        return "There is no such channel."
    if device.platform not in channel.platforms:
        return f"That channel doesn't serve {_said(device.platform)}."
    return (
        "Its time is over." if channel.public or channel.self_assignable else "Not for this device, or over."
    )


_SOURCES: Final[Mapping[Rule, Callable[[AppView, DeviceFacts], tuple[str, str]]]] = {
    Rule.OVERRIDE: _override,
    Rule.CHANNEL_ASKED: _asked_for,
    Rule.MEMBERSHIP: _membership,
    Rule.PUBLIC_CHANNEL: _public,
}


def _shutoff(_channel: ChannelView, _device: DeviceFacts) -> str:
    return "The channel is shut off: nobody gets anything from it."


def _emulator(_channel: ChannelView, device: DeviceFacts) -> str:
    return f"The channel doesn't serve emulators; this {_is(yes=device.is_emulator)} one."


def _development(_channel: ChannelView, device: DeviceFacts) -> str:
    return f"The channel doesn't serve development builds; this {_is(yes=not device.is_production)} one."


def _production(_channel: ChannelView, device: DeviceFacts) -> str:
    return f"The channel doesn't serve production builds; this {_is(yes=device.is_production)} one."


def _is(*, yes: bool) -> str:
    return "is" if yes else "isn't"


def _channel_native(channel: ChannelView, device: DeviceFacts) -> str:
    return _bounds(channel.native_min, channel.native_max, device)


def _bounds(least: str, greatest: str, device: DeviceFacts) -> str:
    bounds = " ".join(
        part for part in (f"from {least}" if least else "", f"up to {greatest}" if greatest else "") if part
    )
    return f"For native versions {bounds}; this is {_said(device.native_version)}."


_CHANNEL: Final[Mapping[Rule, Callable[[ChannelView, DeviceFacts], str]]] = {
    Rule.CHANNEL_SHUTOFF: _shutoff,
    Rule.EMULATOR: _emulator,
    Rule.DEVELOPMENT: _development,
    Rule.PRODUCTION: _production,
    Rule.CHANNEL_NATIVE_BOUNDS: _channel_native,
}


def _withdrawn(_asked: Asked, _release: ReleaseView) -> str:
    return "It was withdrawn: nobody gets it."


def _native(asked: Asked, release: ReleaseView) -> str:
    return _bounds(release.native_min, release.native_max, asked.device)


def _plugins(_asked: Asked, release: ReleaseView) -> str:
    builds = _listed(f"{platform} {version}" for platform, version in release.lacking)
    return f"Native builds that lack a plugin it needs: {builds}."


def _audience(asked: Asked, release: ReleaseView) -> str:
    audience, device = release.audience, asked.device
    if device.device_id in audience.always:
        return "It is one of the devices that are always in."
    conditions = [
        f"platform {_listed(audience.platforms)} ({_told(device.platform)})" * bool(audience.platforms),
        f"system from {audience.os_min} ({_told(device.os_version)})" * bool(audience.os_min),
        f"native build {_listed(audience.native_builds)} ({_told(device.native_version)})"
        * bool(audience.native_builds),
        f"plugin from {audience.plugin_min} ({_told(device.plugin_version)})" * bool(audience.plugin_min),
        *(
            f"{name} {_listed(values)} ({_told(device.attributes.get(name, ''))})"
            for name, values in audience.attributes
        ),
    ]
    return f"For {'; '.join(filter(None, conditions))}."


def _policy(asked: Asked, release: ReleaseView) -> str:
    policy, native = asked.channel.update_policy, _said(asked.device.native_version)
    parts = {
        UpdatePolicy.MAJOR: "another major version",
        UpdatePolicy.MINOR: "another major or minor version",
    }
    differs = parts.get(policy, "any other version")
    return f"The channel leaves {differs} to the store; this is {release.version} on native {native}."


def _under_native(asked: Asked, release: ReleaseView) -> str:
    native = _said(asked.device.native_version)
    return (
        f"The channel offers nothing below the native version; this is {release.version} on native {native}."
    )


def _rollout(asked: Asked, release: ReleaseView) -> str:
    if asked.device.device_id in release.audience.always:
        return "It is one of the devices that are always in."
    return f"Rolled out to {percent(release.rollout_bps)} of devices; {_place(asked, release)}."


def _place(asked: Asked, release: ReleaseView) -> str:
    place = rollout_place(salt=release.rollout_salt, device_id=asked.device.device_id)
    return f"this one comes after {percent(place)}"


def _pacing(asked: Asked, release: ReleaseView) -> str:
    by_now = percent(bps_by_now(release, asked.now_epoch))
    return (
        f"Spread over {release.spread_minutes} minutes: {by_now} of devices so far; {_place(asked, release)}."
    )


def _paused(asked: Asked, release: ReleaseView) -> str:
    what = "The channel is paused" if release.offered else "The release is paused"
    if release.version == asked.device.current_version:
        return f"{what}; the device runs it already and keeps it."
    led_away = asked.channel.taken_back | asked.app.withdrawn
    if release.offered and asked.device.current_version in led_away:
        return f"{what}, but what the device runs was taken back."
    return f"{what}: it isn't offered to devices that don't run it."


def _failed(asked: Asked, release: ReleaseView) -> str:
    if release.version == asked.device.current_version:
        return "It failed on some devices; this one runs it."
    failed = asked.failed(release)
    return "It failed on this device before." if failed else "It failed on other devices, not on this one."


def _told(text: str) -> str:
    return f"told: {text or 'nothing'}"


def _said(text: str) -> str:
    return text or "unknown"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(sorted(texts))


_RELEASE: Final[Mapping[Rule, Callable[[Asked, ReleaseView], str]]] = {
    Rule.WITHDRAWN: _withdrawn,
    Rule.NATIVE_BOUNDS: _native,
    Rule.NATIVE_PLUGINS: _plugins,
    Rule.AUDIENCE: _audience,
    Rule.UPDATE_POLICY: _policy,
    Rule.UNDER_NATIVE: _under_native,
    Rule.ROLLOUT: _rollout,
    Rule.PACING: _pacing,
    Rule.PAUSED: _paused,
    Rule.FAILED_BEFORE: _failed,
}
