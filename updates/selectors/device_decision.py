"""What a device would get if it asked now, and what each rule says to that."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from releaseconsole.kernel import clock
from updates.domain.decision import AppView, Decision, DeviceFacts, Rule
from updates.domain.explanation import RuleNote, Verdict, explain
from updates.domain.offer_rules import CHANNEL_RULES
from updates.domain.targeting import CHANNEL_SOURCES
from updates.models import BLOCKS, App, Device, InstallOutcome
from updates.selectors.decision_table import app_view

_SOURCES: Final = {Rule.APP_SHUTOFF, *(rule for rule, _ in CHANNEL_SOURCES)}
_OF_CHANNEL: Final = {rule for rule, *_ in CHANNEL_RULES}
_ENDS: Final = {Rule.BUILTIN, Rule.NO_WAY_BACK, Rule.RUNS_WITHDRAWN}


@dataclass(frozen=True, slots=True)
class RuleSection:
    """What the rules about one thing say: the choice of channel, the channel, one of its releases."""

    heading: str
    notes: tuple[RuleNote, ...]

    @property
    def is_release(self) -> bool:
        """Whether they are about a release."""
        return self.notes[0].rule not in _SOURCES | _OF_CHANNEL | _ENDS

    @property
    def stops(self) -> bool:
        """Whether it ended with a rule that doesn't hold: the device gets nothing from it."""
        return self.notes[-1].verdict is Verdict.STOPPED

    @property
    def telling(self) -> list[RuleNote]:
        """What had something to judge."""
        return [note for note in self.notes if note.verdict is not Verdict.IDLE]

    @property
    def idle(self) -> list[RuleNote]:
        """What had nothing to judge."""
        return [note for note in self.notes if note.verdict is Verdict.IDLE]


@dataclass(frozen=True, slots=True)
class DeviceDecision:
    """The decision; `asks` is the channel that the device is taken to ask for, empty if for none."""

    decision: Decision
    asks: str
    sections: tuple[RuleSection, ...]


def device_decision(*, app: App, device: Device, asks: str | None) -> DeviceDecision:
    """Decide for a device as the gateway would, from what it last told.

    Args:
        app: Its app.
        device: The device.
        asks: The channel to take it to ask for; None for what it seems to ask for, which isn't kept.
    """
    view = app_view(app)
    channel = _seems_to_ask_for(view, device) if asks is None else asks
    failed = _failed_versions(device)
    explanation = explain(
        view,
        _facts(device, channel),
        now_epoch=int(clock.epoch_seconds()),
        failed=lambda release: release.version in failed,
    )
    return DeviceDecision(explanation.decision, channel, tuple(_sections(explanation.notes)))


def _facts(device: Device, asks: str) -> DeviceFacts:
    return DeviceFacts(
        app_id=device.app_id,
        device_id=device.device_id,
        platform=device.platform,
        native_version=device.native_version,
        current_version=device.version,
        requested_channel=asks,
        is_emulator=device.is_emulator,
        is_production=device.is_production,
        os_version=device.os_version,
        plugin_version=device.plugin_version,
        custom_id=device.custom_id,
        attributes=device.attributes,
    )


def _seems_to_ask_for(view: AppView, device: Device) -> str:
    """Name the channel that served it, if only asking for it can have led there."""
    channel = view.channels.get(device.channel_name)
    only_asked = channel is not None and channel.self_assignable and not channel.public
    return device.channel_name if only_asked and device.device_id not in view.members else ""


def _failed_versions(device: Device) -> set[str]:
    outcomes = InstallOutcome.objects.filter(BLOCKS, app=device.app_id, device_id=device.device_id)
    return set(outcomes.values_list("version", flat=True))


def _sections(notes: Iterable[RuleNote]) -> Iterable[RuleSection]:
    return (RuleSection(heading, tuple(some)) for heading, some in groupby(notes, key=_heading))


def _heading(note: RuleNote) -> str:
    if note.rule in _SOURCES:
        return "Which channel"
    if note.rule in _ENDS:
        return "In the end"
    return f"{'Channel' if note.rule in _OF_CHANNEL else 'Release'} {note.about}"
