"""A decision with what each rule had to say, for the page of a device.

It walks the same tables of rules as `targeting.decide`, and a test holds the two together. The rules behind
the one that stopped a release weren't asked and aren't noted.
"""

from dataclasses import dataclass
from enum import StrEnum

from updates.domain import rule_words
from updates.domain.decision import (
    AppView,
    ChannelView,
    Decision,
    DecisionKind,
    DeviceFacts,
    Failed,
    ReleaseView,
    Rule,
)
from updates.domain.offer_rules import (
    CHANNEL_RULES,
    FORCED_CHANNEL_RULES,
    FORCED_RELEASE_RULES,
    RELEASE_RULES,
    Asked,
    ReleaseRules,
    channel_needs_store,
    release_needs_store,
)
from updates.domain.targeting import CHANNEL_SOURCES, chosen, nothing_for, nothing_left, override_of


class Verdict(StrEnum):
    """What a rule did."""

    MATCHED = "matched"  # it holds for the device
    STOPPED = "stopped"  # it doesn't: here the channel, or the release, ends for the device
    IDLE = "idle"  # it had nothing to judge: no condition is set, or nothing was asked


@dataclass(frozen=True, slots=True)
class RuleNote:
    """One rule's word; `about` is the channel's name or the release's version, empty for the app."""

    rule: Rule
    verdict: Verdict
    words: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision that a device would get, and the notes in the order in which rules were asked."""

    decision: Decision
    notes: tuple[RuleNote, ...]


def explain(app: AppView, device: DeviceFacts, *, now_epoch: int, failed: Failed) -> Explanation:
    """Decide as `targeting.decide` does, and say why; the arguments are the same."""
    if app.shutoff:
        shut = RuleNote(Rule.APP_SHUTOFF, Verdict.STOPPED, "The app is shut off: nobody gets anything.")
        return _ended(app, device, nothing_for(app, device, None, Rule.APP_SHUTOFF), [shut])
    notes = [RuleNote(Rule.APP_SHUTOFF, Verdict.IDLE, "The app isn't shut off.")]
    channel = _channel(app, device, now_epoch, notes)
    if channel is None:
        return _ended(app, device, nothing_for(app, device, None, Rule.PUBLIC_CHANNEL), notes)
    asked = Asked(app, channel, device, now_epoch, failed)
    override = override_of(app, device, now_epoch)
    forced = override.release if override else None
    return _ended(app, device, _in_channel(asked, forced, notes), notes)


def _channel(app: AppView, device: DeviceFacts, now_epoch: int, notes: list[RuleNote]) -> ChannelView | None:
    for rule, find in CHANNEL_SOURCES:
        channel = find(app, device, now_epoch)
        words = rule_words.source_words(rule, app, device, holds=channel is not None)
        about = channel.name if channel else ""
        notes.append(_judged(rule, words, holds=bool(channel), about=about) if words else _idle(rule, about))
        if channel is not None:
            return channel
    return None


def _in_channel(asked: Asked, forced: ReleaseView | None, notes: list[RuleNote]) -> Decision:
    channel, device = asked.channel, asked.device
    for rule, is_set, serves in FORCED_CHANNEL_RULES if forced else CHANNEL_RULES:
        if not is_set(channel):
            notes.append(_idle(rule, channel.name))
            continue
        holds = serves(channel, device)
        words = rule_words.channel_words(rule, channel, device)
        notes.append(_judged(rule, words, holds=holds, about=channel.name))
        if not holds:
            needs_store = channel_needs_store(channel, device, rule)
            return nothing_for(asked.app, device, channel, rule, store_update=needs_store)
    if forced is None:
        return _among_releases(asked, notes)
    stop = _release_stop(asked, forced, FORCED_RELEASE_RULES, notes)
    return nothing_for(asked.app, device, channel, stop) if stop else chosen(asked, forced, None)


def _among_releases(asked: Asked, notes: list[RuleNote]) -> Decision:
    reason: Rule | None = None
    store_update = False
    for release in asked.channel.releases:
        stop = _release_stop(asked, release, RELEASE_RULES, notes)
        if stop is None:
            return chosen(asked, release, reason, store_update=store_update)
        reason = reason or stop
        store_update = store_update or release_needs_store(asked, release, stop)
    return nothing_left(asked, reason, store_update=store_update)


def _release_stop(
    asked: Asked, release: ReleaseView, rules: ReleaseRules, notes: list[RuleNote]
) -> Rule | None:
    for rule, is_set, lets in rules:
        if not is_set(asked.channel, release):
            notes.append(_idle(rule, release.version))
            continue
        holds = lets(asked, release)
        words = rule_words.release_words(rule, asked, release)
        notes.append(_judged(rule, words, holds=holds, about=release.version))
        if not holds:
            return rule
    return None


def _idle(rule: Rule, about: str) -> RuleNote:
    return RuleNote(rule, Verdict.IDLE, rule_words.IDLE[rule], about)


def _judged(rule: Rule, words: str, *, holds: bool, about: str) -> RuleNote:
    return RuleNote(rule, Verdict.MATCHED if holds else Verdict.STOPPED, words, about)


def _ended(app: AppView, device: DeviceFacts, decision: Decision, notes: list[RuleNote]) -> Explanation:
    """Say last why a device without a release goes back to its built-in bundle."""
    if decision.kind is DecisionKind.BUILTIN:
        if device.current_version in app.withdrawn:
            rule, words = (
                Rule.RUNS_WITHDRAWN,
                "What it runs was withdrawn: it goes back to the built-in bundle.",
            )
        else:
            rule, words = Rule.BUILTIN, "The channel was rolled back to the built-in bundle."
        notes.append(RuleNote(rule, Verdict.MATCHED, words))
    elif decision.reason is Rule.NO_WAY_BACK:
        words = "It should go back to the built-in bundle, and its plugin has no way back: it holds."
        notes.append(RuleNote(Rule.NO_WAY_BACK, Verdict.STOPPED, words))
    return Explanation(decision, tuple(notes))
