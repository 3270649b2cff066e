"""The audit log as pages show it: rows, and the filters of a search in words, each with a way to lift it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from compliance.desk.domain.export_periods import Preset
from compliance.desk.domain.log_search import SOURCES, LogSearch
from compliance.desk.domain.objects import id_short, object_words
from compliance.desk.forms.log_search import LogSearchForm
from compliance.desk.selectors.objects import about, objects_existing
from compliance.desk.views.object_links import object_link
from compliance.ledger.domain.events import Actor, ActorKind, Outcome
from compliance.ledger.domain.phrases import particulars, phrase
from compliance.ledger.models import AuditEvent
from compliance.ledger.selectors import actors_named

# What an export is narrowed to as a search is; an export has no use for numbers of entries.
_EXPORTED: Final = ("who", "what", "since", "until", "about", "id", "app", "outcome")
# Who acts and is acted on: both are told of them, each on a page of its own.
_BOTH_SIDES: Final = frozenset({"api_token", "person", "tester"})
_NAMED_KINDS: Final = {"person": ActorKind.PERSON, "api_token": ActorKind.API_TOKEN}


@dataclass(frozen=True, slots=True)
class LogRow:
    """An event as a person reads it.

    Attributes:
        event: The event.
        sequence: Its place; None: it's being placed.
        who: Who did it.
        who_key: They, as addresses write them.
        did: What, in words.
        more: What tells it apart from its like.
        about: What it was done to, in words.
        about_link: Page of that; empty: none.
    """

    event: AuditEvent
    sequence: int | None
    who: str
    who_key: str
    did: str
    more: str
    about: str
    about_link: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words and the address without it, or another search and its address."""

    words: str
    address: str


def log_rows(events: Iterable[AuditEvent], *, places: Mapping[int, int], user: User) -> list[LogRow]:
    """Put events into words, with as many queries for a page as for a row."""
    found = list(events)
    names = actors_named({*map(_actor, found), *filter(None, map(_object_actor, found))})
    existing = objects_existing(found)
    return [
        LogRow(
            event=event,
            sequence=places.get(event.number),
            who=names[_actor(event)],
            who_key=f"{event.actor_kind}:{event.actor_id}",
            did=phrase(event.action, event.outcome),
            more=particulars(event.facts),
            about=_about(event, names),
            about_link=object_link(about(event), existing=existing, user=user),
        )
        for event in found
    ]


def chips(form: LogSearchForm, search: LogSearch, query: QueryDict) -> list[Chip]:
    """Say what a search is narrowed to."""
    values = form.cleaned_data
    said = (
        (("who",), _who(search)),
        (("what",), _what(values["what"])),
        (("since",), f"from {date_format(values['since'], 'j M Y')}" if values["since"] else ""),
        (("until",), f"to {date_format(values['until'], 'j M Y')}" if values["until"] else ""),
        (
            ("about", "id"),
            f"to {object_words(search.object_type).lower()} {search.object_id}" if search.object_type else "",
        ),
        (("app",), f"in {search.app_id}" if search.app_id else ""),
        (("outcome",), f"outcome {search.outcome}" if search.outcome else ""),
        (("entry",), _entries(search.entries)),
    )
    return [Chip(words, without(query, *names)) for names, words in said if words]


def without(query: QueryDict, *names: str) -> str:
    """Write the query of an address without some of it, from the first page on."""
    kept = {name: value for name, value in query.items() if value and name not in {*names, "after", "before"}}
    return f"?{urlencode(kept)}"


def export_address(search: LogSearch, query: QueryDict) -> str:
    """Write where an export of what a search finds is ordered; empty: there's none of entries by number."""
    if search.entries:
        return ""
    kept = {name: query[name] for name in _EXPORTED if query.get(name)}
    if search.actors and len(search.actors) == 1:
        kept["who"] = f"{search.actors[0].kind.value}:{search.actors[0].id}"
    has_days = "since" in kept or "until" in kept
    kept["period"] = (Preset.DAYS if has_days else Preset.EVERYTHING).value
    return f"{reverse('desk:export-new')}?{urlencode(kept)}"


def other_side(search: LogSearch) -> Chip | None:
    """Lead from what somebody did to what was done to them, and back."""
    actor = search.actors[0] if search.actors and len(search.actors) == 1 else None
    if actor and actor.kind.value in _BOTH_SIDES and not search.object_type:
        return Chip("What was done to them", _oldest(about=actor.kind.value, id=actor.id))
    if search.object_type in _BOTH_SIDES and search.actors is None:
        return Chip("What they did", _oldest(who=f"{search.object_type}:{search.object_id}"))
    return None


def _oldest(**query: str) -> str:
    return f"?{urlencode(query | {'order': 'oldest'})}"


def about_words(event: AuditEvent) -> str:
    """Write what an event is about: people and tokens by name and number."""
    actor = _object_actor(event)
    plain = f"{object_words(event.object_type)} {event.object_id}"
    return f"{actors_named([actor])[actor]} ({plain.lower()})" if actor else plain


def object_timeline(event: AuditEvent) -> str:
    """Write the address of all that happened to what an event is about, oldest first."""
    query = {"about": event.object_type, "id": event.object_id, "order": "oldest"}
    if event.app_id and event.object_type not in _NAMED_KINDS:
        query["app"] = event.app_id
    return f"{reverse('desk:log')}?{urlencode(query)}"


def zone_name() -> str:
    """Name the zone that the viewer's days begin in."""
    return timezone.get_current_timezone_name()


def _actor(event: AuditEvent) -> Actor:
    return Actor(ActorKind(event.actor_kind), event.actor_id)


def _object_actor(event: AuditEvent) -> Actor | None:
    kind = _NAMED_KINDS.get(event.object_type)
    return Actor(kind, event.object_id) if kind else None


def _about(event: AuditEvent, names: Mapping[Actor, str]) -> str:
    if not event.object_type:
        return ""
    actor = _object_actor(event)
    if actor and actor == _actor(event):
        return ""  # who did it was named already
    return names[actor] if actor else f"{object_words(event.object_type)} {id_short(event.object_id)}"


def _who(search: LogSearch) -> str:
    if not search.who:
        return ""
    if not search.actors:
        return f"by “{search.who}”, whom nobody here is called"
    names = actors_named(search.actors)
    return "by " + " or ".join(f"{names[actor]}{_number(actor)}" for actor in search.actors)


def _number(actor: Actor) -> str:
    return f" ({actor.kind.value.replace('_', ' ')} {actor.id})" if actor.id else ""


def _what(code: str) -> str:
    if not code:
        return ""
    return SOURCES[code].lower() if code in SOURCES else f"who {phrase(code, Outcome.DONE.value)}"


def _entries(entries: tuple[int, int] | None) -> str:
    if entries is None:
        return ""
    first, last = entries
    return f"entry {first:,}" if first == last else f"entries {first:,} to {last:,}"
