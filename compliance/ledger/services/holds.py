"""Placing and lifting legal holds. Whether somebody may is the caller's to ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.errors import HoldRefusedError
from compliance.ledger.models import HoldScope, LegalHold
from compliance.ledger.services.erasing import erasing_lock
from compliance.ledger.services.recording import audit_record

LONGEST_REASON: Final = 500
_PEOPLE: Final = ("person", "tester")


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """What a hold is to cover: `app_id` an app, `subject` the type and id of a person or thing."""

    scope: HoldScope
    app_id: str = ""
    subject: tuple[str, str] = ("", "")


def hold_place(*, terms: HoldTerms, reason: str, actor: Actor, now: datetime) -> LegalHold:
    """Place a hold: from its commit on, nothing that it covers is erased.

    Raises:
        HoldRefusedError: It doesn't say why, or what it covers.
    """
    _terms_check(terms)
    with transaction.atomic():
        erasing_lock()
        hold = LegalHold.objects.create(
            scope=terms.scope,
            app_id=terms.app_id,
            object_type=terms.subject[0],
            object_id=terms.subject[1],
            reason=_reason(reason),
            placed_by=actor.id or actor.kind.value,
            placed_at=now,
        )
        _record(Action.HOLD_PLACED, hold, reason=hold.reason, actor=actor, now=now)
    return hold


def hold_lift(*, hold: LegalHold, reason: str, actor: Actor, now: datetime) -> LegalHold:
    """Lift a hold for good: what it covered goes with the next retention, if nothing else keeps it.

    Raises:
        HoldRefusedError: It was lifted already, or nobody says why.
    """
    with transaction.atomic():
        hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
        if hold.lifted_at is not None:
            raise HoldRefusedError("This hold was lifted already.")
        hold.lifted_by, hold.lifted_at = actor.id or actor.kind.value, now
        hold.lifted_reason = _reason(reason)
        hold.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
        _record(Action.HOLD_LIFTED, hold, reason=hold.lifted_reason, actor=actor, now=now)
    return hold


def _terms_check(terms: HoldTerms) -> None:
    named, kind = all(terms.subject), terms.subject[0]
    fits = {
        HoldScope.EVERYTHING: not terms.app_id and terms.subject == ("", ""),
        HoldScope.APP: bool(terms.app_id) and terms.subject == ("", ""),
        HoldScope.PERSON: not terms.app_id and named and kind in _PEOPLE,
        HoldScope.OBJECT: named,
    }
    if not fits[terms.scope]:
        raise HoldRefusedError("Say what the hold covers: an app, a person, or one thing by its type and id.")


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise HoldRefusedError(f"Say why, in at most {LONGEST_REASON} characters.")
    return reason


def _record(action: Action, hold: LegalHold, *, reason: str, actor: Actor, now: datetime) -> None:
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=hold.app_id,
        subject=("legal_hold", str(hold.pk)),
        detail={"scope": hold.scope, "about": [hold.object_type, hold.object_id], "reason": reason},
    )
