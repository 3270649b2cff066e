"""What is left of what events told, and why the rest is gone; for pages and exports alike."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.ledger.domain.retention import BodyState
from compliance.ledger.models import AuditErasure, AuditEvent, LegalHold
from compliance.ledger.selectors.holds import holds_covering, holds_standing


@dataclass(frozen=True, slots=True)
class Body:
    """What is left of one event beyond its header.

    Attributes:
        state: In one word.
        missing: How many of the values that it commits to are erased; all of them where the content is gone
            too, and then nobody knows how many those were.
        holds: What keeps the rest, whoever asks.
        erasures: What took the rest; each names the event that says so.
    """

    state: BodyState
    missing: int
    holds: tuple[LegalHold, ...]
    erasures: tuple[AuditErasure, ...]


def bodies_of(events: Sequence[AuditEvent]) -> dict[int, Body]:
    """Say of each event what is left of it, by number; two queries for however many."""
    standing = list(holds_standing())
    erasures = _erasures_over([event.number for event in events])
    return {event.number: _body(event, standing, erasures) for event in events}


def _body(event: AuditEvent, standing: Iterable[LegalHold], erasures: Iterable[AuditErasure]) -> Body:
    content = getattr(event, "content", None)
    missing = 0 if content is None else _committed(bytes(content.content)) - len(event.disclosures.all())
    holds = tuple(holds_covering(event, standing))
    if content is None:
        state = BodyState.EXPIRED
    elif holds:
        state = BodyState.ON_HOLD
    else:
        state = BodyState.REDACTED if missing else BodyState.PRESENT
    over = (each for each in erasures if each.first <= event.number <= each.last)
    return Body(state, missing, holds, tuple(over) if missing or content is None else ())


def _committed(content: bytes) -> int:
    return len(json.loads(content).get("_sd", ()))


def _erasures_over(numbers: Sequence[int]) -> list[AuditErasure]:
    if not numbers:
        return []
    span = AuditErasure.objects.filter(first__lte=max(numbers), last__gte=min(numbers))
    wanted = set(numbers)
    return [
        each for each in span.order_by("pk") if any(each.first <= number <= each.last for number in wanted)
    ]
