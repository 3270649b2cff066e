"""Erasing personal values out of the log for a request. It goes on proving itself: it holds digests only."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.errors import LegalHoldError
from compliance.ledger.models import ErasureKind
from compliance.ledger.selectors.holds import events_held
from compliance.ledger.services.erasing import (
    Doomed,
    doomed_count,
    doomed_delete,
    erasing_lock,
    sequences_of,
)
from compliance.ledger.services.recording import audit_record
from compliance.ledger.services.sequencing import events_sequence


def disclosures_erase(
    *, events: Iterable[int], names: Collection[str] | None, request: str, actor: Actor, now: datetime
) -> int:
    """Erase values that events only commit to: all of them or none.

    Args:
        events: By number, as `selectors.disclosures_about` finds them.
        names: Which of their values; None: all.
        request: The reference under which it was asked for. It stays in the log, so it names nobody.
        actor: Who does it.
        now: When.

    Returns:
        How many values are gone. Zero is an answer too, and on record.

    Raises:
        LegalHoldError: A legal hold covers some of the events; `held` says which, and what covers them.
        LedgerError: There's no such event.
    """
    events_sequence()  # what was just written has no place yet, and the record names places
    doomed = Doomed(
        events=sorted(set(events)),
        kind=ErasureKind.PRIVACY,
        names=None if names is None else frozenset(names),
    )
    with transaction.atomic():
        erasing_lock()
        _holds_check(doomed)
        before = doomed_count(doomed)
        tombstone = audit_record(
            action=Action.DISCLOSURES_ERASED,
            actor=actor,
            now=now,
            subject=("privacy_request", request),
            detail={
                "events": len(doomed.events),
                "disclosures": before.disclosures,
                "fields": None if doomed.names is None else sorted(doomed.names),
                "sequences": sequences_of(doomed.events),
            },
        )
        doomed_delete(doomed, before=before, tombstone=tombstone)
    return before.disclosures


def _holds_check(doomed: Doomed) -> None:
    if found := events_held(doomed.events):
        covering = {hold for holds in found.values() for hold in holds}
        numbers = ", ".join(str(hold.pk) for hold in sorted(covering, key=lambda hold: hold.pk))
        raise LegalHoldError(
            f"Legal hold {numbers} covers {len(found)} of {len(doomed.events)} events: none was erased.",
            held={number: [hold.covers for hold in holds] for number, holds in found.items()},
        )
