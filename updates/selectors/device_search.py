"""Finding devices by whatever somebody has: part of an id, a custom id, a tester, a version.

Each way has an index of its own and is asked apart: one query with all four would read the whole fleet.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet

from updates.models import App, Device, Tester, TesterDevice
from updates.selectors.custom_ids import custom_id_rule

# Of each kind of match that the page shows before one asks for all of them.
SHOWN_OF_EACH: Final = 10
# A single letter would find every tester.
_LEAST_OF_A_NAME: Final = 2


class FoundBy(StrEnum):
    """What of a device matched."""

    ID = "id"
    CUSTOM_ID = "custom-id"
    TESTER = "tester"
    VERSION = "version"

    @property
    def words(self) -> str:
        """The heading over what was found so."""
        return _WORDS[self]


_WORDS: Final = {
    FoundBy.ID: "Id begins with",
    FoundBy.CUSTOM_ID: "Custom id is",
    FoundBy.TESTER: "Devices of the tester",
    FoundBy.VERSION: "Runs version",
}
# Those that may name a person: only for who looks after testers.
_PERSONAL: Final = frozenset({FoundBy.CUSTOM_ID, FoundBy.TESTER})


@dataclass(frozen=True, slots=True)
class Found:
    """The devices that one kind of match found; `more` if there are others."""

    by: FoundBy
    devices: list[Device]
    more: bool


def device_search(*, app: App, text: str, personal: bool) -> list[Found]:
    """Find devices by a text, for each way in which it finds any.

    Args:
        app: The app.
        text: What was typed.
        personal: Whether who asks may find devices by what names a person.
    """
    found = []
    for by in FoundBy:
        if personal or by not in _PERSONAL:
            devices = list(devices_by(app=app, by=by, text=text)[: SHOWN_OF_EACH + 1])
            if devices:
                found.append(Found(by, devices[:SHOWN_OF_EACH], len(devices) > SHOWN_OF_EACH))
    return found


def devices_by(*, app: App, by: FoundBy, text: str) -> QuerySet[Device]:
    """Find devices in one way, last seen first."""
    devices = Device.objects.filter(app=app).filter(_matching(app, by, text.strip()))
    return devices.order_by("-last_seen_at")


def search_kind(name: str, *, personal: bool) -> FoundBy | None:
    """Read the way in which an address asks for devices; None if it names none that is open."""
    by = FoundBy(name) if name in {each.value for each in FoundBy} else None
    return None if by in _PERSONAL and not personal else by


def testers_of(*, app: App, device_ids: list[str]) -> dict[str, Tester]:
    """Whose devices these are, by device."""
    rows = TesterDevice.objects.filter(app=app, device_id__in=device_ids, left_at=None)
    return {row.device_id: row.tester for row in rows.select_related("tester")}


def _matching(app: App, by: FoundBy, text: str) -> Q:
    match by:
        case FoundBy.ID:
            return Q(device_id__startswith=text.lower())
        case FoundBy.CUSTOM_ID:
            # The second part is the index's condition, which SQLite wants to read.
            return Q(custom_id=custom_id_rule(app, has_phi=False).taken(text)) & ~Q(custom_id="")
        case FoundBy.VERSION:
            return Q(version=text, version_at__isnull=False)
        case FoundBy.TESTER:
            return Q(device_id__in=_devices_of_testers(app, text))


def _devices_of_testers(app: App, text: str) -> QuerySet[TesterDevice, str]:
    devices = TesterDevice.objects.filter(app=app, left_at=None)
    if len(text) < _LEAST_OF_A_NAME:
        return devices.none().values_list("device_id", flat=True)
    named = Q(tester__name__icontains=text) | Q(tester__email__icontains=text)
    return devices.filter(named).values_list("device_id", flat=True)
