"""Rows that are entries of the log: what each tells, as reports read it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from compliance.desk.domain.export_entries import Entry
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.domain.reports.fact_words import facts_words
from compliance.desk.selectors.export_entries import Found, entries_found, entries_told
from compliance.ledger.domain.events import Actor, ActorKind, Outcome
from compliance.ledger.domain.phrases import phrase
from compliance.ledger.models import AuditEvent
from compliance.ledger.selectors import actor_names

_TO_THE_SECOND: Final = len("2026-11-30T09:15:02")


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as reports read it.

    Attributes:
        sequence: Its place in the log.
        number: Of its event.
        header: What the tree hashes, read.
        facts: What it tells.
        disclosed: The personal values that are asked for and still exist.
        actor: Who acted.
        name: What they are called today.
    """

    sequence: int
    number: int
    header: Mapping[str, Any]
    facts: Mapping[str, Any]
    disclosed: Mapping[str, Any]
    actor: Actor
    name: str

    @property
    def at(self) -> str:
        """When, in UTC, to the second."""
        return str(self.header["at"])[:_TO_THE_SECOND].replace("T", " ")

    @property
    def when(self) -> datetime:
        """When."""
        return datetime.fromisoformat(self.header["at"])

    @property
    def who(self) -> str:
        """Who, by kind and number."""
        return actor_plain(self.actor)

    @property
    def app(self) -> str:
        """Of which app it is."""
        return str(self.header["app"])

    @property
    def about(self) -> str:
        """What it is about."""
        thing = self.header["object"]
        return f"{thing['type'].replace('_', ' ')} {thing['id']}".strip()

    def fact(self, name: str) -> str:
        """What it tells under a name, as text; empty: nothing."""
        return _text({**self.facts, **self.disclosed}.get(name))

    @property
    def is_done(self) -> bool:
        """Whether it was done, and not refused."""
        return str(self.header["outcome"]) == Outcome.DONE.value


def entry_cells(told: Told) -> tuple[Cell, ...]:
    """Write an entry under `ENTRY_COLUMNS`."""
    return (
        told.sequence,
        told.at,
        told.who,
        told.name,
        phrase(told.header["action"], told.header["outcome"]),
        told.header["outcome"],
        told.app,
        told.about,
        facts_words(told.facts),
        facts_words(told.disclosed),
        told.header["action"],
    )


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def actor_plain(actor: Actor) -> str:
    """Write an actor by kind and number: names are personal."""
    return f"{actor.kind.value.replace('_', ' ')} {actor.id}".strip()


def entries_read(
    wish: ExportFilter, *, first: int, end: int, personal: bool, now: datetime
) -> Iterator[list[Told]]:
    """Go through the entries of a report, some at a time; each is held against the tree.

    Yields:
        Some that the filter asks for.

    Raises:
        ExportUnsoundError: One isn't what was hashed, or is gone without a record.
    """
    for batch in entries_found(wish, first=first, end=end):
        shown = [each for each in batch if each.exclusion is None]
        if shown:
            yield _told(shown, personal=personal, now=now)


def _told(found: Sequence[Found], *, personal: bool, now: datetime) -> list[Told]:
    entries, events = entries_told(found, personal=personal, now=now)
    names = actor_names(events)
    return [
        _one(entry, each, event, names) for entry, each, event in zip(entries, found, events, strict=True)
    ]


def _one(entry: Entry, found: Found, event: AuditEvent, names: Mapping[Actor, str]) -> Told:
    facts = {} if entry.content is None else dict(json.loads(entry.content)["facts"])
    disclosed = {each.name: each.value for each in entry.disclosures}
    actor = Actor(ActorKind(event.actor_kind), event.actor_id)
    return Told(entry.sequence, found.number, found.told, facts, disclosed, actor, names[actor])


def plain_rows(
    batches: Iterable[Sequence[Told]], cells: Callable[[Told], Iterable[Cell]] = entry_cells
) -> Iterator[Row]:
    """Make a row of each entry by itself.

    Yields:
        The rows.
    """
    for batch in batches:
        for told in batch:
            yield Row(tuple(cells(told)), told.app, told.actor.id)
