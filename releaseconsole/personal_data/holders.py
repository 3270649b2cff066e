"""The protocol of what holds personal data, and the list of all that do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from releaseconsole.personal_data.subjects import Identifier, Subject


class DataClass(StrEnum):
    """What kind of data it is (docs/personal-data.md)."""

    CONTACT = "contact"
    DEVICE = "device identifier"
    TELEMETRY = "telemetry"
    FREE_TEXT = "free text"
    ACCOUNT = "console account"
    AUTHENTICATOR = "authenticator"
    AUDIT = "audit log"
    REQUEST = "request record"
    TRANSIENT = "passing through"


@dataclass(frozen=True, slots=True)
class Found:
    """How much there is of somebody, by place: a table, a key in Redis, a folder."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays of somebody, and on what ground.

    Attributes:
        place: As `Found` names it.
        count: How much of what is found there.
        section: Of the California Civil Code; what is quoted has to be confirmed with counsel.
        why: In words.
        until: In words, or a date.
        in_clear: Whether what stays still holds what they're known by, so that a search finds it there.
    """

    place: str
    count: int
    section: str
    why: str
    until: str
    in_clear: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of what is held of somebody, as they're given it."""

    place: str
    values: Mapping[str, Any]


class PersonalDataHolder(Protocol):
    """One kind of data that may be about a person, wherever it rests."""

    @property
    def name(self) -> str:
        """For people, in the plural: "testers"."""

    @property
    def data_class(self) -> DataClass:
        """What kind it is."""

    @property
    def holds(self) -> str:
        """What it is, in words."""

    @property
    def retention(self) -> str:
        """How long it's kept anyway, in words."""

    @property
    def fields(self) -> Sequence[str]:
        """The model fields it answers for, as `app.Model.field`; none: it isn't in the database."""

    def find(self, subject: Subject, /) -> Found:
        """Count what is held of somebody."""

    def export(self, subject: Subject, /) -> Iterable[Row]:
        """Give what is held of them; no secrets that let in, and nothing of others."""

    def erase(self, subject: Subject, request: str, /) -> Found:
        """Erase it for a request, but for what is kept; may be repeated. Returns what went."""

    def kept(self, subject: Subject, /) -> Sequence[Kept]:
        """Say what stays."""

    def related(self, subject: Subject, /) -> Subject:
        """Say what else is known of them by what is held here."""

    def everybody(self) -> Iterable[tuple[Identifier, Subject]]:
        """Name all whom something is held of, for the replay of erasures after a restore."""


_holders: Final[dict[str, PersonalDataHolder]] = {}


def holder_register(holder: PersonalDataHolder) -> None:
    """Declare a holder; a second one of the same name takes the first one's place."""
    _holders[holder.name] = holder


def holders() -> tuple[PersonalDataHolder, ...]:
    """Return all of them, in the order in which they are erased: what leads to others comes last."""
    return tuple(_holders.values())
