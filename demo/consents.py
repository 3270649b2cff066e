"""What the pharmacy's phones say of the details of their reports: yes, later no, or no by their browser.

Said over HTTP as our own client says it. Needs Django to be set up.
"""

import time
from dataclasses import replace
from typing import Final

from django.db.models import QuerySet

from demo.confirming import user_of
from demo.connection import Connection
from demo.delivery import PHARMACY
from demo.phone import Phone
from demo.record import Record
from demo.story import APPS
from updates.domain.optional_telemetry import TelemetryPolicy
from updates.models import App, ConsentRecord
from updates.selectors.app_settings import app_settings
from updates.services import app_change

_TEXT: Final = "2026-11"
_AGREE: Final = range(8)
_TAKE_BACK: Final = 6
_SIGNAL: Final = 7


def consents_begin(record: Record, connection: Connection) -> None:
    """From now on the pharmacy asks; some of its phones agree."""
    if _said().exists():
        return
    app, manager = App.objects.get(pk=PHARMACY), user_of(record, "release_manager")
    settings = replace(
        app_settings(app), telemetry_policy=TelemetryPolicy.CONSENT, telemetry_text_version=_TEXT
    )
    app_change(app=app, settings=settings, actor=manager.actor)
    time.sleep(1.0)  # every web process has it by then (promise 4 of the design)
    for number in _AGREE:
        _say(connection, number, consent=_TEXT)


def consents_are_stored() -> bool:
    """Tell whether the worker has stored who agreed."""
    return _said().count() >= len(_AGREE)


def consents_finish(connection: Connection) -> None:
    """One takes it back, and of another the browser signals it."""
    if _said().filter(withdrawn_at__isnull=False).exists():
        return
    _say(connection, _TAKE_BACK, consent=None)
    _say(connection, _SIGNAL, consent=_TEXT, signals=True)


def _said() -> QuerySet[ConsentRecord]:
    return ConsentRecord.objects.filter(app=PHARMACY).exclude(device_id="")


def _say(connection: Connection, number: int, *, consent: str | None, signals: bool = False) -> None:
    phone = Phone(PHARMACY, number, APPS[PHARMACY].native_version)
    connection.post(
        "/device/v1/events",
        {
            "app_id": PHARMACY,
            "device_id": phone.device_id,
            "platform": phone.platform,
            "native_version": phone.native_version,
            "consent": consent,
            "events": [{"action": "app_moved_to_foreground", "version": phone.native_version}],
        },
        {"Sec-GPC": "1"} if signals else {},
    )
