"""A decision in the words of the `@capgo/capacitor-updater` plugin.

The plugin takes any `error`, `kind` or `message` for "no update", so an offer has none of them and everything
else has all three, with status 200. `data` is a map of text to text, the one member that reaches the app's
JavaScript on both platforms, and the plugin itself ignores it: the token travels in it, and what else the app
should know. `breaking` and the message `store_update_required` make the plugin tell the app of a new build in
the store.
"""

from typing import Final

from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import ChannelView, DecisionKind, DeviceFacts, Rule
from updates.gateway.decisions import SignedDecision

UP_TO_DATE: Final = "up_to_date"
BLOCKED: Final = "blocked"

_NEEDS_STORE: Final = "store_update_required"
_NATIVE: Final = "disable_auto_update_to_metadata"
_POLICIES: Final = {
    UpdatePolicy.MAJOR: "disable_auto_update_to_major",
    UpdatePolicy.MINOR: "disable_auto_update_to_minor",
    UpdatePolicy.PATCH: "disable_auto_update_to_patch",
}
# Why a channel leaves a device with what it has; the codes are the plugin's own where it has one.
_STOPS: Final = {
    Rule.APP_SHUTOFF: ("app_shutoff", "Updates of this app are shut off."),
    Rule.CHANNEL_SHUTOFF: ("channel_shutoff", "This channel is shut off."),
    Rule.EMULATOR: ("disable_emulator", "This channel doesn't serve emulators."),
    Rule.DEVELOPMENT: ("disable_dev_build", "This channel doesn't serve development builds."),
    Rule.PRODUCTION: ("disable_prod_build", "This channel doesn't serve production builds."),
    Rule.CHANNEL_NATIVE_BOUNDS: (_NATIVE, "This channel doesn't serve this native version."),
    Rule.NO_WAY_BACK: (
        "revert_to_builtin_plugin_version_too_old",
        "This plugin can't go back to the built-in bundle.",
    ),
    Rule.UNDER_NATIVE: ("disable_auto_update_under_native", "What there is is older than the native build."),
}


def answer_text(signed: SignedDecision, device: DeviceFacts) -> str:
    """Say a decision as JSON; nothing in it needs escaping."""
    decision, data = signed.decision, _data(signed)
    if decision.kind is DecisionKind.INSTALL and decision.release is not None:
        return (
            f'{{"version":"{decision.release.version}","url":"{signed.url}",'
            f'"checksum":"{decision.release.bundle_sha256}","session_key":"",{data}}}'
        )
    if decision.kind is DecisionKind.BUILTIN:
        return f'{{"version":"builtin",{data}}}'
    code, message, kind = _no_update(signed, device)
    breaking = '"breaking":true,' if decision.store_update else ""
    return f'{{"error":"{code}","message":"{message}","kind":"{kind}",{breaking}{data}}}'


def _data(signed: SignedDecision) -> str:
    more = ',"mandatory":"true"' if signed.decision.mandatory else ""
    if signed.decision.store_update:
        more += f',"{_NEEDS_STORE}":"true"'
    return f'"data":{{"token":"{signed.token}"{more}}}'


def _no_update(signed: SignedDecision, device: DeviceFacts) -> tuple[str, str, str]:
    decision = signed.decision
    if decision.channel is None:
        return _no_channel(decision.reason, device)
    if decision.store_update:
        return _store_code(decision.channel, decision.reason), _NEEDS_STORE, BLOCKED
    if decision.kind is DecisionKind.HOLD:
        if decision.reason in _STOPS:
            return *_STOPS[decision.reason], BLOCKED
        if decision.reason is Rule.UPDATE_POLICY:
            code = _store_code(decision.channel, decision.reason)
            return code, "What there is needs another native version.", BLOCKED
        if decision.channel.serves_builtin:
            return "already_on_builtin", "The built-in bundle is the one to run.", UP_TO_DATE
    return "no_new_version_available", "There is no newer version for this device.", UP_TO_DATE


def _store_code(channel: ChannelView, reason: Rule | None) -> str:
    return _POLICIES.get(channel.update_policy, _NATIVE) if reason is Rule.UPDATE_POLICY else _NATIVE


def _no_channel(reason: Rule | None, device: DeviceFacts) -> tuple[str, str, str]:
    if reason is Rule.APP_SHUTOFF:
        return *_STOPS[Rule.APP_SHUTOFF], BLOCKED
    if device.requested_channel:
        return (
            "cannot_update_via_private_channel",
            "This device may not use the channel it asks for.",
            BLOCKED,
        )
    platform = device.platform if device.platform in {"ios", "android", "electron"} else "other"
    return f"disabled_platform_{platform}", "No channel serves this platform.", BLOCKED
