"""How the log stands: how long it is, up to where it's signed, and how verifications went.

What a verification found is a row, and whoever can write rows can write that the log holds. Each is also an
event; a row counts only as far as its event says the same. Whoever writes both leaves them on the log, where
a verification from outside finds the log as it is (docs/audit-log-verification.md).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.models import AuditCheckpoint, AuditEvent, AuditVerification
from compliance.ledger.selectors.tree import tree_size

_NEWEST = 50


@dataclass(frozen=True, slots=True)
class LogState:
    """What a person sees of the log at a glance.

    Attributes:
        verified: The last verification that is over.
        held: The last one in which all of it was checked, and held, as the log says too.
        running: The one that waits or runs.
        is_contradicted: Whether the log says something else of the last verification than its row.
    """

    size: int
    checkpoint: AuditCheckpoint | None
    verified: AuditVerification | None
    held: AuditVerification | None
    running: AuditVerification | None
    is_contradicted: bool


def log_state() -> LogState:
    """Read how the log stands."""
    newest = AuditVerification.objects.first()
    over = AuditVerification.objects.exclude(ended_at=None)
    verified = over.first()
    return LogState(
        size=tree_size(),
        checkpoint=AuditCheckpoint.objects.last(),
        verified=verified,
        held=next(iter(verifications_recorded(over.filter(verdict="holds")[:_NEWEST])), None),
        running=newest if newest and newest.ended_at is None else None,
        is_contradicted=_is_contradicted(verified),
    )


def verifications_recent(*, count: int) -> list[tuple[AuditVerification, bool]]:
    """List the newest verifications that are over, each with whether the log says the same of it."""
    rows = list(AuditVerification.objects.exclude(ended_at=None)[:count])
    recorded = {row.pk for row in verifications_recorded(rows)}
    return [(row, row.pk in recorded) for row in rows]


def verifications_recorded(rows: Iterable[AuditVerification]) -> list[AuditVerification]:
    """Keep those of which the log says what their rows say."""
    rows = list(rows)
    events = _events().filter(object_id__in=[str(row.pk) for row in rows])
    said: dict[str, list[AuditEvent]] = {}
    for event in events:
        said.setdefault(event.object_id, []).append(event)
    return [row for row in rows if _says(said.get(str(row.pk), []), row)]


def _is_contradicted(verified: AuditVerification | None) -> bool:
    last: AuditEvent | None = _events().order_by("-number").first()
    if verified is None or last is None:
        return (verified is None) != (last is None)
    return not _says([last], verified)


def _events() -> Any:
    return AuditEvent.objects.filter(action=Action.LOG_VERIFIED.value, object_type="verification")


def _says(events: list[AuditEvent], row: AuditVerification) -> bool:
    """Compare; the header is what the tree hashes, its content may have been erased in time."""
    if len(events) != 1 or row.ended_at is None:
        return False
    try:
        return _is_same(events[0], row)
    except (LookupError, TypeError, ValueError):  # not written by the console: it must not take pages down
        return False


def _is_same(event: AuditEvent, row: AuditVerification) -> bool:
    header = json.loads(bytes(event.header))
    outcome = Outcome.DONE if row.verdict == "holds" else Outcome.FAILED
    told = (header["outcome"], header["object"]["id"], event.at)
    facts = event.facts
    return told == (outcome.value, str(row.pk), row.ended_at) and (
        not facts
        or (
            [facts.get(name) for name in ("outcome", "since", "size", "findings", "first_bad_sequence")]
            == [row.verdict, row.since, row.size, row.total, row.first_bad]
            and facts.get("checkpoint_size", row.checkpoint_size) == row.checkpoint_size
        )
    )
