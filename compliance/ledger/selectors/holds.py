"""Which legal holds stand, and what they cover."""

from collections.abc import Collection, Iterable
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.ledger.domain.events import ActorKind
from compliance.ledger.models import AuditEvent, HoldScope, LegalHold
from compliance.ledger.selectors.actors import names_of
from releaseconsole.kernel.errors import NotFoundError

_AT_ONCE: Final = 500


def holds_standing() -> QuerySet[LegalHold]:
    """Return the holds that weren't lifted."""
    return LegalHold.objects.filter(lifted_at=None)


def holds_all() -> list[LegalHold]:
    """Read every hold, those that stand first, with the names of who placed and lifted them."""
    holds = sorted(LegalHold.objects.all(), key=lambda hold: (hold.lifted_at is not None, -hold.pk))
    people = {each for hold in holds for each in (hold.placed_by, hold.lifted_by) if each}
    names = names_of(ActorKind.PERSON, people)
    for hold in holds:
        hold.placed_by_name = names.get(hold.placed_by, "")
        hold.lifted_by_name = names.get(hold.lifted_by, "")
    return holds


def hold_get(*, pk: int) -> LegalHold:
    """Find a hold that stands.

    Raises:
        NotFoundError: There's none, or it was lifted.
    """
    hold = holds_standing().filter(pk=pk).first()
    if hold is None:
        raise NotFoundError("There is no such hold, or it was lifted.")
    return hold


def holds_over(*, apps: Collection[str], named: Collection[tuple[str, str]]) -> list[LegalHold]:
    """Return the holds that stand over somebody.

    Args:
        apps: In which something is held of them.
        named: As what events name them: types and ids.
    """
    over = Q(scope=HoldScope.EVERYTHING) | Q(scope=HoldScope.APP, app_id__in=apps)
    # An app can be named as a thing, too.
    over |= Q(scope=HoldScope.OBJECT, object_type="app", object_id__in=apps)
    for kind, number in named:
        over |= Q(scope__in=(HoldScope.PERSON, HoldScope.OBJECT), object_type=kind, object_id=number)
    return list(holds_standing().filter(over))


def held(prefix: str = "") -> Exists:
    """Return the condition under which an event is covered by a hold that stands.

    Args:
        prefix: The way from the row that is asked for to its event, such as `event__`. The migration that
            binds the database to holds says the same in SQL.
    """
    event = {
        name: OuterRef(f"{prefix}{name}")
        for name in ("app_id", "actor_kind", "actor_id", "object_type", "object_id")
    }
    person = Q(object_type=event["actor_kind"], object_id=event["actor_id"]) | Q(
        object_type=event["object_type"], object_id=event["object_id"]
    )
    thing = Q(object_type=event["object_type"], object_id=event["object_id"])
    covering = (
        Q(scope=HoldScope.EVERYTHING)
        | Q(scope=HoldScope.APP, app_id=event["app_id"])
        | (Q(scope=HoldScope.PERSON) & person)
        | (Q(scope=HoldScope.OBJECT) & thing & (Q(app_id="") | Q(app_id=event["app_id"])))
    )
    return Exists(holds_standing().filter(covering))


def events_held(numbers: Collection[int]) -> dict[int, list[LegalHold]]:
    """Say which of these events are on hold, and by what: none of their content and values can be erased."""
    standing, found = list(holds_standing()), {}
    if not standing:
        return {}
    ordered = sorted(set(numbers))
    for start in range(0, len(ordered), _AT_ONCE):
        for event in AuditEvent.objects.filter(number__in=ordered[start : start + _AT_ONCE]).filter(held()):
            found[event.number] = holds_covering(event, standing)
    return found


def holds_covering(event: AuditEvent, holds: Iterable[LegalHold]) -> list[LegalHold]:
    """Choose those of the holds that cover an event."""
    return [hold for hold in holds if _covers(hold, event)]


def _covers(hold: LegalHold, event: AuditEvent) -> bool:
    named = (hold.object_type, hold.object_id)
    is_object = named == (event.object_type, event.object_id)
    match HoldScope(hold.scope):
        case HoldScope.EVERYTHING:
            return True
        case HoldScope.APP:
            return hold.app_id == event.app_id
        case HoldScope.PERSON:
            return is_object or named == (event.actor_kind, event.actor_id)
        case HoldScope.OBJECT:
            return is_object and hold.app_id in ("", event.app_id)


def events_covered(hold: LegalHold) -> QuerySet[AuditEvent]:
    """Return the events that a hold covers, whether it stands or not."""
    match HoldScope(hold.scope):
        case HoldScope.EVERYTHING:
            return AuditEvent.objects.all()
        case HoldScope.APP:
            return AuditEvent.objects.filter(app_id=hold.app_id)
        case HoldScope.PERSON:
            person = Q(actor_kind=hold.object_type, actor_id=hold.object_id)
            return AuditEvent.objects.filter(person | _object(hold))
        case HoldScope.OBJECT:
            found = AuditEvent.objects.filter(_object(hold))
            return found.filter(app_id=hold.app_id) if hold.app_id else found


def _object(hold: LegalHold) -> Q:
    return Q(object_type=hold.object_type, object_id=hold.object_id)
