"""Consents, as what is held of people: a device's goes with the device, a tester's with the tester."""

from collections.abc import Iterator

from django.db.models import Q

from releaseconsole.personal_data import (
    DataClass,
    Identifier,
    RowsHolder,
    Scoped,
    Subject,
    Table,
    scoped,
)
from updates.models import ConsentRecord


def consents_holder() -> RowsHolder:
    """Declare them."""
    return RowsHolder(
        name="consents",
        data_class=DataClass.CONTACT,
        holds="Who agreed to a beta's notice or to optional telemetry: to which text, when, until when.",
        retention="Once ended, for CONSENT_KEEP_DAYS; else as long as the device. A tester's go with the "
        "tester.",
        tables=(
            Table(
                ConsentRecord,
                ("device_id",),
                _of_them,
                ("app_id", "device_id", "text_version", "given_at", "withdrawn_at", "withdrawn_by"),
            ),
        ),
        people=_everybody,
    )


def _of_them(subject: Subject) -> Q | None:
    devices = scoped(subject.devices)
    if not subject.tester_ids:
        return devices
    testers = Q(tester__in=subject.tester_ids)
    return testers if devices is None else testers | devices


def _everybody() -> Iterator[tuple[Identifier, Subject]]:
    devices = ConsentRecord.objects.exclude(device_id="").order_by().values_list("app_id", "device_id")
    for app_id, device_id in devices.distinct().iterator():
        subject = Subject(devices=frozenset({Scoped(app_id, device_id)}))
        yield Identifier.device(app_id, device_id), subject
