"""Devices' consents to optional telemetry, as their reports say them; stored with the batch that says so."""

from collections.abc import Iterable
from typing import Final

from updates.domain.optional_telemetry import SIGNALLED, WITHDRAWN
from updates.domain.telemetry import DeviceReport, at_utc
from updates.models import ConsentRecord
from updates.services.telemetry.devices import DeviceKey

_NO: Final = {WITHDRAWN: "person", SIGNALLED: "signal"}


def consents_follow(reports: Iterable[DeviceReport]) -> None:
    """Record what a batch says of consent: of each device, what it said last.

    The gateway lets through only consent to the app's present text, and withdrawals.
    """
    said = {DeviceKey(each.app_id, each.device_id): each for each in reports if each.consent}
    if not said:
        return
    standing = _standing(said)
    new: list[ConsentRecord] = []
    for device, report in said.items():
        record = standing.get(device)
        if record is not None and record.text_version != report.consent:
            _withdraw(record, report)
            record = None
        if record is None and report.consent not in _NO:
            new.append(
                ConsentRecord(
                    app_id=device.app_id,
                    device_id=device.device_id,
                    text_version=report.consent,
                    given_at=at_utc(report.received_at_ms),
                )
            )
    ConsentRecord.objects.bulk_create(new)


def _standing(said: Iterable[DeviceKey]) -> dict[DeviceKey, ConsentRecord]:
    wanted = set(said)
    rows = ConsentRecord.objects.select_for_update().filter(
        app__in={device.app_id for device in wanted},
        device_id__in={device.device_id for device in wanted},
        withdrawn_at=None,
    )
    found = {DeviceKey(row.app_id, row.device_id): row for row in rows}
    return {device: row for device, row in found.items() if device in wanted}


def _withdraw(record: ConsentRecord, report: DeviceReport) -> None:
    record.withdrawn_at = max(at_utc(report.received_at_ms), record.given_at)
    record.withdrawn_by = _NO.get(report.consent, "renewed")
    record.save(update_fields=["withdrawn_at", "withdrawn_by"])
