"""Reading and following the audit log. Actors are ids in it; floors above tell who they are."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from django.db import connection
from django.db.models import Max

from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.domain.phrases import particulars, phrase
from compliance.ledger.models import AuditEvent

# For how long whoever follows the log waits for writers, and how often it looks again.
_LOOKS: Final = 20
_PAUSE: Final = 0.05
# A writer holds this lock from before it draws its event's number until after it has committed.
_WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
      AND relation = 'ledger_auditevent'::regclass
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND pid IS DISTINCT FROM pg_backend_pid()
"""


class ActorNaming(Protocol):
    """What the floor that knows a kind of actor registers at start-up."""

    def __call__(self, ids: Collection[str], /) -> Mapping[str, str]:
        """Name those that still exist."""


_namings: Final[dict[ActorKind, ActorNaming]] = {}


def actor_naming_register(kind: ActorKind, naming: ActorNaming) -> None:
    """Let `naming` name the actors of this kind; called from an app's `ready`."""
    _namings[kind] = naming


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as a person reads it."""

    event: AuditEvent
    who: str
    did: str
    particulars: str


def events_settled() -> int | None:
    """Tell up to which number the log is complete: no event can still appear at or below it.

    PostgreSQL gives out numbers when a row is written, not when it's committed, so a lower number may appear
    after a higher one. Whoever follows the log by number alone would pass it over for good. Every number up
    to the highest visible one was drawn by a transaction that was writing when that one was seen, or is over:
    once those have ended, the log is complete up to there, whatever newer ones are doing. SQLite has one
    writer at a time and needs none of this.

    Returns:
        The number, or None while a slow writer holds it up: ask again later.
    """
    highest: int = AuditEvent.objects.aggregate(highest=Max("number"))["highest"] or 0
    if connection.vendor != "postgresql":
        return highest
    waited_for = _writers()
    for _ in range(_LOOKS):
        if not waited_for:
            return highest
        time.sleep(_PAUSE)
        waited_for &= _writers()
    return None if waited_for else highest


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {str(row[0]) for row in cursor.fetchall()}


def events_recent(*, count: int) -> list[Happening]:
    """Read the newest events, in words."""
    return _in_words(AuditEvent.objects.order_by("-number")[:count])


def events_about(*, object_type: str, object_id: str, count: int, app_id: str = "") -> list[Happening]:
    """Read the newest events about one thing, in words; `app_id` where its id is one of that app's only."""
    about = AuditEvent.objects.filter(object_type=object_type, object_id=object_id)
    if app_id:
        about = about.filter(app_id=app_id)
    return _in_words(about.order_by("-number")[:count])


def _in_words(found: Iterable[AuditEvent]) -> list[Happening]:
    events = list(found)
    names = actor_names(events)
    return [
        Happening(
            event=event,
            who=names[Actor(ActorKind(event.actor_kind), event.actor_id)],
            did=phrase(event.action, event.outcome),
            particulars=particulars(event.detail),
        )
        for event in events
    ]


def actor_names(events: Iterable[AuditEvent]) -> dict[Actor, str]:
    """Name the actors of these events; one query for each kind."""
    actors = {Actor(ActorKind(event.actor_kind), event.actor_id) for event in events}
    names: dict[Actor, str] = {}
    for kind in {actor.kind for actor in actors}:
        ids = [actor.id for actor in actors if actor.kind is kind]
        known = names_of(kind, ids)
        names |= {Actor(kind, id_): known.get(id_) or _plain(kind, id_) for id_ in ids}
    return names


def names_of(kind: ActorKind, ids: Collection[str]) -> Mapping[str, str]:
    """Name those actors of one kind that still exist, by id."""
    return _namings[kind](ids) if kind in _namings else {}


def _plain(kind: ActorKind, actor_id: str) -> str:
    if kind is ActorKind.SYSTEM:
        return "The console"
    if kind is ActorKind.ANONYMOUS:
        return "Nobody signed in"
    return f"{kind.value.replace('_', ' ')} {actor_id}"
