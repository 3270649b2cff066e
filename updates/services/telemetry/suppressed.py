"""Whose telemetry is dropped: devices of people who were erased. Their updates go on, unrecorded.

This is the drain, not the path of an update check, so the list may be asked: once for each batch.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from releaseconsole.personal_data import Identifier, suppression_current
from updates.backends.events import erased_passed_note
from updates.domain.telemetry import DeviceReport, Sighting
from updates.services.telemetry.devices import DeviceKey


def reports_kept(reports: Sequence[DeviceReport]) -> Sequence[DeviceReport]:
    """Leave out the reports of erased devices."""
    gone = _suppressed({DeviceKey(report.app_id, report.device_id) for report in reports})
    if not gone:
        return reports
    return [report for report in reports if (report.app_id, report.device_id) not in gone]


def sightings_kept(sightings: Sequence[Sighting]) -> Sequence[Sighting]:
    """Leave out the checks of erased devices, and custom ids that name somebody who was erased."""
    gone = _suppressed({DeviceKey(sighting.app_id, sighting.device_id) for sighting in sightings})
    names = _custom_ids({(each.app_id, each.custom_id) for each in sightings if each.custom_id})
    if not gone and not names:
        return sightings
    return [
        msgspec.structs.replace(each, custom_id="") if (each.app_id, each.custom_id) in names else each
        for each in sightings
        if (each.app_id, each.device_id) not in gone
    ]


def _suppressed(devices: Collection[DeviceKey]) -> set[tuple[str, str]]:
    return _among(Identifier.device(*device) for device in devices)


def _custom_ids(told: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    return _among(Identifier.custom_id(*each) for each in told)


def _among(identifiers: Iterable[Identifier]) -> set[tuple[str, str]]:
    found = suppression_current().among(set(identifiers))
    if found:
        erased_passed_note()
    return {(each.app_id, each.value) for each in found}
