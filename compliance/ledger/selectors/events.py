"""Reading and following the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass

from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.domain.phrases import particulars, phrase
from compliance.ledger.models import AuditEvent
from compliance.ledger.selectors.actors import actor_names


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
    return _in_words(about.order_by("-at", "-number")[:count])


def _in_words(found: Iterable[AuditEvent]) -> list[Happening]:
    events = list(found)
    names = actor_names(events)
    return [
        Happening(
            event=event,
            who=names[Actor(ActorKind(event.actor_kind), event.actor_id)],
            did=phrase(event.action, event.outcome),
            particulars=particulars(event.facts),
        )
        for event in events
    ]
