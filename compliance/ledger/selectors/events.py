"""Reading the audit log. Actors are ids in it; floors above tell who they are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.domain.phrases import particulars, phrase
from compliance.ledger.models import AuditEvent


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
