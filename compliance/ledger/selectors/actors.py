"""Who acted: the log keeps ids, floors above know names, and find ids by them."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol

from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.models import AuditEvent


class ActorNaming(Protocol):
    """What the floor that knows a kind of actor registers at start-up."""

    def __call__(self, ids: Collection[str], /) -> Mapping[str, str]:
        """Name those that still exist."""


class ActorSearch(Protocol):
    """What it registers beside that: the way back."""

    def __call__(self, text: str, most: int, /) -> Collection[str]:
        """Find ids of those whom a text may mean, at most so many."""


_namings: Final[dict[ActorKind, ActorNaming]] = {}
_searches: Final[dict[ActorKind, ActorSearch]] = {}
# Kinds of which there's only one, and how pages write it.
_ALONE: Final = {ActorKind.SYSTEM: "The console", ActorKind.ANONYMOUS: "Nobody signed in"}
_SPELLED: Final = re.compile(r"(?i)(person|api[ _]token|tester)(?:\s*:\s*|\s+)(\d{1,18})")


def actor_naming_register(kind: ActorKind, naming: ActorNaming) -> None:
    """Let `naming` name the actors of this kind; called from an app's `ready`."""
    _namings[kind] = naming


def actor_search_register(kind: ActorKind, search: ActorSearch) -> None:
    """Let `search` find the actors of this kind; called from an app's `ready`."""
    _searches[kind] = search


def actor_names(events: Iterable[AuditEvent]) -> dict[Actor, str]:
    """Name the actors of these events; one query for each kind."""
    return actors_named({Actor(ActorKind(event.actor_kind), event.actor_id) for event in events})


def actors_named(actors: Collection[Actor]) -> dict[Actor, str]:
    """Name actors; who has been erased has a kind and a number still."""
    names: dict[Actor, str] = {}
    for kind in {actor.kind for actor in actors}:
        ids = [actor.id for actor in actors if actor.kind is kind]
        known = names_of(kind, ids)
        names |= {Actor(kind, id_): known.get(id_) or _plain(kind, id_) for id_ in ids}
    return names


def names_of(kind: ActorKind, ids: Collection[str]) -> Mapping[str, str]:
    """Name those actors of one kind that still exist, by id."""
    return _namings[kind](ids) if kind in _namings else {}


def actors_found(text: str, *, kinds: Collection[ActorKind], most: int) -> list[Actor]:
    """Find whom somebody means: by kind and number (`person 5`), by number alone, or by name.

    Args:
        text: As typed.
        kinds: Whose names are searched; others are found by kind and number only.
        most: How many at most, of each kind.
    """
    for kind, words in _ALONE.items():
        if text.lower() in {kind.value, words.lower()}:
            return [Actor(kind)]
    if spelled := _SPELLED.fullmatch(text):
        return [Actor(ActorKind(spelled[1].lower().replace(" ", "_")), spelled[2])]
    if text.isascii() and text.isdecimal():
        return [Actor(kind, text) for kind in ActorKind if kind not in _ALONE]
    return [
        Actor(kind, found)
        for kind, search in _searches.items()
        if kind in kinds
        for found in search(text, most)
    ]


def _plain(kind: ActorKind, actor_id: str) -> str:
    return _ALONE.get(kind) or f"{kind.value.replace('_', ' ').capitalize()} {actor_id}"
