"""Searching the audit log: the same speed on the last page as on the first, however long the log is.

Rows are in the order of their time. A page begins beside a row, not after so many, and nothing is counted.
Where a search names several actors or actions, each is looked up by itself: an index has one of them in
order, never several.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from compliance.desk.domain.log_search import LogSearch, Position, Turn
from compliance.ledger.models import AuditEvent, AuditLeaf


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of what was found.

    Attributes:
        events: Rows, with their content.
        places: Sequences by number; what isn't there is being placed.
        before: Where the page before this one ends; None: there's none.
        after: Where the next one begins; None: there's none.
    """

    events: list[AuditEvent]
    places: dict[int, int]
    before: Position | None
    after: Position | None


def log_page(search: LogSearch, turn: Turn, *, size: int) -> LogPage:
    """Read one page."""
    is_descending = search.oldest_first == turn.is_back
    found: set[Position] = set()
    for events in _each(search):
        found.update(_some(events, search, turn, size + 1))
    nearest = sorted(found, reverse=is_descending)[: size + 1]
    has_more, shown = len(nearest) > size, nearest[:size]
    if turn.is_back:
        shown.reverse()
    has_before = has_more if turn.is_back else turn.beside is not None
    has_after = True if turn.is_back else has_more
    rows = AuditEvent.objects.in_bulk([position.number for position in shown])
    return LogPage(
        events=[rows[position.number] for position in shown],
        places=places_of([position.number for position in shown]),
        before=shown[0] if shown and has_before else None,
        after=shown[-1] if shown and has_after else None,
    )


def places_of(numbers: list[int]) -> dict[int, int]:
    """Find the places of events in the log, by their numbers."""
    return dict(AuditLeaf.objects.filter(number__in=numbers).values_list("number", "sequence"))


def _each(search: LogSearch) -> Iterator[QuerySet[AuditEvent]]:
    """Split a search into ones that an index answers in order.

    Yields:
        Events, without order.
    """
    wanted = _common(search)
    actions = search.actions
    if search.actors is None:
        if len(actions) <= 1 or search.object_id or search.entries:
            yield wanted.filter(action__in=actions) if actions else wanted
        else:
            for action in actions:
                yield wanted.filter(action=action)
        return
    if actions:
        wanted = wanted.filter(action__in=actions)
    for actor in search.actors:
        yield wanted.filter(actor_kind=actor.kind.value, actor_id=actor.id)


def _common(search: LogSearch) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.all()
    for column in ("object_type", "object_id", "app_id", "outcome"):
        if value := getattr(search, column):
            events = events.filter(**{column: value})
    if search.since:
        events = events.filter(at__gte=search.since)
    if search.until:
        events = events.filter(at__lt=search.until)
    if search.entries:
        # Read here: a database that were given the range as a condition might walk the whole log for it.
        numbers = AuditLeaf.objects.filter(sequence__range=search.entries).values_list("number", flat=True)
        events = events.filter(number__in=list(numbers))
    return events


def _some(events: QuerySet[AuditEvent], search: LogSearch, turn: Turn, most: int) -> list[Position]:
    is_descending = search.oldest_first == turn.is_back
    if beside := turn.beside:
        is_beyond = "lt" if is_descending else "gt"
        same_time = Q(**{"at": beside.at, f"number__{is_beyond}": beside.number})
        # The second condition says nothing new, but an index can begin there.
        events = events.filter(Q(**{f"at__{is_beyond}": beside.at}) | same_time)
        events = events.filter(**{f"at__{is_beyond}e": beside.at})
    places = events.order_by().values_list("at", "number")
    if search.entries is None:  # a range was read whole: sorted by whoever asked
        places = places.order_by(*(("-at", "-number") if is_descending else ("at", "number")))[:most]
    return [Position(*place) for place in places]
