"""Storing reported events: each once, with all that follows from it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from updates.domain.device_state import DeviceState, state_after_report
from updates.domain.phi_marks import phi_key
from updates.domain.phi_reports import report_stripped
from updates.domain.rollups import Place, Rollups, counted_action, rollup_key
from updates.domain.telemetry import (
    DeviceReport,
    at_utc,
    dedupe_key,
    happened_at_ms,
    ordering_ms,
    report_resolved,
)
from updates.models import DeviceEvent
from updates.services.telemetry.catalogue import Catalogue, catalogue_read
from updates.services.telemetry.counters import rollups_add
from updates.services.telemetry.devices import DeviceKey, DeviceStates
from updates.services.telemetry.outcomes import OutcomeTable
from updates.services.telemetry.suppressed import reports_kept


class Stored(NamedTuple):
    """What became of a batch: new ones, known ones, those of apps that don't exist and of erased devices."""

    new: int
    duplicates: int
    orphans: int
    suppressed: int = 0


def reports_store(reports: Sequence[DeviceReport]) -> Stored:
    """Store a batch inside the drain's transaction; duplicates, also within the batch, change nothing."""
    told, reports = len(reports), reports_kept(reports)
    states = DeviceStates({DeviceKey(report.app_id, report.device_id) for report in reports})
    catalogue = catalogue_read(
        (report.app_id for report in reports),
        {name for report in reports for name in (report.version, report.native_version)}
        | states.versions_before(),
    )
    ours = [_kept(report, catalogue) for report in reports if report.app_id in catalogue.apps]
    fresh = _unknown(ours)
    fresh = {key: report_resolved(report, catalogue.versions[report.app_id]) for key, report in fresh.items()}
    outcomes = OutcomeTable(fresh.values())
    channels = _fold(fresh, states, outcomes, catalogue)
    DeviceEvent.objects.bulk_create([_event(key, report, channels[key]) for key, report in fresh.items()])
    outcomes.follow()
    return Stored(len(fresh), len(ours) - len(fresh), len(reports) - len(ours), told - len(reports))


def _kept(report: DeviceReport, catalogue: Catalogue) -> DeviceReport:
    """Drop what isn't kept of an app with PHI; it may have become one since the event was accepted."""
    return report_stripped(report) if catalogue.apps[report.app_id].handles_phi else report


def _unknown(reports: Sequence[DeviceReport]) -> dict[str, DeviceReport]:
    by_key: dict[str, DeviceReport] = {}
    for report in reports:
        by_key.setdefault(dedupe_key(report), report)
    known = set(DeviceEvent.objects.filter(dedupe_key__in=by_key).values_list("dedupe_key", flat=True))
    return {key: report for key, report in by_key.items() if key not in known}


def _fold(
    fresh: Mapping[str, DeviceReport], states: DeviceStates, outcomes: OutcomeTable, catalogue: Catalogue
) -> dict[str, str]:
    """Apply the events in the order in which they happened; returns the channel of each."""
    rollups = Rollups()
    channels: dict[str, str] = {}
    for key, report in sorted(fresh.items(), key=lambda item: ordering_ms(item[1])):
        device = DeviceKey(report.app_id, report.device_id)
        channel = channels[key] = _channel(report, states.of(device), catalogue)
        states.put(device, state_after_report(states.of(device), report))
        if report.phi_mark:
            rollups[phi_key(report.app_id, report.received_at_ms, report.phi_mark)] += 1
        if catalogue.counts(report.app_id, report.version):
            outcomes.tell(report, channel)
            place = Place(channel, report.version)
            rollups[
                rollup_key(report.app_id, happened_at_ms(report), place, counted_action(report.action))
            ] += 1
    states.write(catalogue, rollups)
    outcomes.write()
    rollups_add(rollups)
    return channels


def _channel(report: DeviceReport, state: DeviceState | None, catalogue: Catalogue) -> str:
    """Find the channel an event belongs to: where we last served the device from, else what it asks for."""
    if state is not None and state.channel:
        return state.channel
    exists = report.asked_channel in catalogue.channels[report.app_id]
    return report.asked_channel if exists else ""


def _event(key: str, report: DeviceReport, channel: str) -> DeviceEvent:
    return DeviceEvent(
        app_id=report.app_id,
        dedupe_key=key,
        device_id=report.device_id,
        action=report.action,
        version=report.version,
        old_version=report.old_version,
        channel_name=channel,
        platform=report.platform,
        detail=report.detail,
        happened_at=at_utc(happened_at_ms(report)),
        received_at=at_utc(report.received_at_ms),
    )
