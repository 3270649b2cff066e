"""Which entries an export shows: a period, and values that an entry's header must have.

It looks at headers alone. An auditor has the header of every entry of the period, also of those that the
filter leaves out, so he can apply it himself (offline/verify_pack.py does) and see that none is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from compliance.ledger.domain.canonical import time_written
from compliance.ledger.domain.phrases import phrase

# Where in a header, by the name under which a filter asks for it; and how a sentence begins about it.
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "action": ("action", "what happened"),
    "outcome": ("outcome", "how it ended"),
    "actor.kind": ("actor_kind", "who, by kind"),
    "actor.id": ("actor_id", "who, by id"),
    "app": ("app_id", "the app"),
    "object.type": ("object_type", "the object, by type"),
    "object.id": ("object_id", "the object, by id"),
}
OUTSIDE_PERIOD: Final = "outside the period"
FILTERED_OUT: Final = "not asked for by the filter"
_EXPLAINED_AT_MOST: Final = 20
EXCLUSIONS: Final = (OUTSIDE_PERIOD, FILTERED_OUT)


@dataclass(frozen=True, slots=True)
class Period:
    """From when until before when, in the zone of who asks; None: from the first entry, up to the last."""

    begins_at: datetime | None
    ends_at: datetime | None
    zone: str

    def as_data(self) -> dict[str, Any]:
        """Write it for the manifest: times as headers have them, so that they're compared as text."""
        return {
            "from": None if self.begins_at is None else time_written(self.begins_at),
            "before": None if self.ends_at is None else time_written(self.ends_at),
            "zone": self.zone,
        }

    def words(self) -> str:
        """Say it in the zone of who asked."""
        begin, end = (_local(each, self.zone) for each in (self.begins_at, self.ends_at))
        if begin and end:
            return f"from {begin} until before {end} ({self.zone})"
        if begin or end:
            return f"from {begin} on ({self.zone})" if begin else f"all before {end} ({self.zone})"
        return "all entries"


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """What an entry must be to be shown.

    Attributes:
        period: When it happened.
        values: For each name of `FIELDS` that matters, the values of which its header must have one.
    """

    period: Period
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could never be checked.

        Raises:
            ValueError: A name that headers don't have, no values for one, or a period without length.
        """
        if self.values.keys() - FIELDS.keys() or not all(self.values.values()):
            raise ValueError("a filter has values for names of headers")
        period = self.period
        if period.begins_at and period.ends_at and period.begins_at >= period.ends_at:
            raise ValueError("a period ends after it began")

    def exclusion_of(self, header: Mapping[str, Any]) -> str | None:
        """Say why an entry isn't shown; None: it is."""
        period = self.period.as_data()
        at = header["at"]
        if (period["from"] and at < period["from"]) or (period["before"] and at >= period["before"]):
            return OUTSIDE_PERIOD
        if any(header_value(header, name) not in wanted for name, wanted in self.values.items()):
            return FILTERED_OUT
        return None

    def words(self) -> str:
        """Say exactly what is shown."""
        if not self.values:
            return "Every entry of the period."
        told = [f"{FIELDS[name][1]} is {_choice(name, self.values[name])}" for name in sorted(self.values)]
        return f"Entries of which {'; and '.join(told)}."


def header_value(header: Mapping[str, Any], name: str) -> str:
    """Read what a header has under a name of `FIELDS`."""
    value: Any = header
    for step in name.split("."):
        value = value[step]
    return str(value)


def _choice(name: str, values: Sequence[str]) -> str:
    # The spelling of the log is exact; the words beside it are for who doesn't know it; many fill pages.
    explained = name == "action" and len(values) <= _EXPLAINED_AT_MOST
    quoted = [f"“{each}” ({phrase(each, '')})" if explained else f"“{each}”" for each in values]
    *rest, last = quoted
    return f"{', '.join(rest)} or {last}" if rest else last


def _local(at: datetime | None, zone: str) -> str:
    return "" if at is None else f"{at.astimezone(ZoneInfo(zone)):%-d %b %Y, %H:%M}"
