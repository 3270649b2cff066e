"""What somebody looks for in the audit log, and where on the way through it they are."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from compliance.ledger.domain.events import Action, Actor, ActorKind

# The word before an action's first colon, and what pages call it.
SOURCES: Final = {
    "accounts": "People and access",
    "signing": "Keys and tokens",
    "updates": "Apps and releases",
    "compliance": "Audit log and compliance",
}
# A range of entries is read whole, then sorted: more than that is for a period.
WIDEST_RANGE: Final = 1_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_POSITION: Final = re.compile(r"(\d{1,17})-(\d{1,18})")
# Kinds of actors and objects behind which there's a human being.
_SOMEBODY: Final = frozenset({"person", "tester"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSearch:
    """One search; what is empty or None asks for everything.

    Attributes:
        who: As it was typed, for words.
        actors: Whom that means; an empty tuple: nobody.
        actions: Codes.
        object_type: Kind of what it was done to.
        object_id: Which.
        app_id: The app.
        outcome: How it ended.
        since: From this time on.
        until: Up to, but not at this time.
        entries: First and last sequence.
        oldest_first: In which order.
    """

    who: str = ""
    actors: tuple[Actor, ...] | None = None
    actions: tuple[str, ...] = ()
    object_type: str = ""
    object_id: str = ""
    app_id: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    entries: tuple[int, int] | None = None
    oldest_first: bool = False

    @property
    def is_about_somebody(self) -> bool:
        """Whether it looks for what a person or tester did, or what was done to one."""
        meant = self.actors is not None and (
            not self.actors or any(actor.kind.value in _SOMEBODY for actor in self.actors)
        )
        return meant or (self.object_type in _SOMEBODY and bool(self.object_id))

    def spelled(self) -> dict[str, Any]:
        """Write it for the record of who searched for what."""
        written: dict[str, Any] = {
            "who": self.who,
            "actors": [f"{actor.kind.value}:{actor.id}" for actor in self.actors or ()],
            "actions": list(self.actions),
            "object": f"{self.object_type}:{self.object_id}" if self.object_type else "",
            "app": self.app_id,
            "outcome": self.outcome,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "entries": list(self.entries or ()),
        }
        return {name: value for name, value in written.items() if value}


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two rows: the time and number of the row beside it."""

    at: datetime
    number: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.number}"


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of a search is wanted.

    Attributes:
        beside: The row where it begins; None: the first page.
        is_back: Whether the page before that row is wanted, not the one after it.
    """

    beside: Position | None = None
    is_back: bool = False


FIRST_PAGE: Final = Turn()


def position_read(text: str) -> Position | None:
    """Read a place as pages write it; None: it's none."""
    found = _POSITION.fullmatch(text) if text.isascii() else None
    if found is None:
        return None
    try:
        return Position(_EPOCH + int(found[1]) * _MICROSECOND, int(found[2]))
    except OverflowError:
        return None


def actions_of(source: str) -> tuple[str, ...]:
    """List the actions of a source."""
    return tuple(action.value for action in Action if action.value.partition(":")[0] == source)


def actor_read(text: str) -> Actor | None:
    """Read an actor as links write one (`person:5`); None: it's none."""
    kind, colon, id_ = text.partition(":")
    if kind not in set(ActorKind) or not colon or len(id_) > 64:  # noqa: PLR2004 (as the column is)
        return None
    return Actor(ActorKind(kind), id_)
