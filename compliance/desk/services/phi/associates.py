"""Keeping the register of business associates: added, changed, ended; never deleted."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from compliance.desk.errors import PaperError
from compliance.desk.models import BusinessAssociate
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record


@dataclass(frozen=True, slots=True)
class AssociateTerms:
    """What is registered of an associate (`BusinessAssociate`)."""

    name: str
    does: str
    review_on: date
    agreed_on: date | None = None
    expires_on: date | None = None
    file_sha256: str = ""


def associate_add(*, terms: AssociateTerms, user: User, now: datetime) -> BusinessAssociate:
    """Register an associate.

    Raises:
        PaperError: There's one of this name, or the dates contradict each other.
    """
    with transaction.atomic():
        _terms_check(terms, other_than=None)
        row = BusinessAssociate.objects.create(**asdict(terms), added_by=user, added_at=now)
        _record(Action.ASSOCIATE_ADDED, row, user, now, after=_facts(row))
    return row


def associate_change(
    *, associate_id: int, terms: AssociateTerms, version: int, user: User, now: datetime
) -> BusinessAssociate:
    """Change what is registered, as of the version that the person saw.

    Raises:
        PaperError: They have ended, somebody else changed it meanwhile, or the terms can't be.
    """
    with transaction.atomic():
        row = _standing(associate_id)
        if row.version != version:
            raise PaperError("Somebody else changed it meanwhile. Look at it again.")
        _terms_check(terms, other_than=row)
        before = _facts(row)
        for field, value in asdict(terms).items():
            setattr(row, field, value)
        row.version += 1
        row.save()
        after = _facts(row)
        changed = [each for each in after if after[each] != before[each]]
        if changed:
            _record(
                Action.ASSOCIATE_CHANGED,
                row,
                user,
                now,
                before={each: before[each] for each in changed},
                after={each: after[each] for each in changed},
            )
    return row


def associate_end(*, associate_id: int, reason: str, user: User, now: datetime) -> BusinessAssociate:
    """Say that an associate handles nothing any more; what was registered stays.

    Raises:
        PaperError: They have ended already, or nobody says why.
    """
    if not reason.strip():
        raise PaperError("Say why, and what became of the data.")
    with transaction.atomic():
        row = _standing(associate_id)
        row.ended_on, row.ended_reason = now.date(), reason.strip()
        row.save()
        _record(Action.ASSOCIATE_ENDED, row, user, now, reason=row.ended_reason)
    return row


def _standing(associate_id: int) -> BusinessAssociate:
    row = BusinessAssociate.objects.select_for_update().filter(pk=associate_id).first()
    if row is None or row.ended_on is not None:
        raise PaperError("The associate has ended, or there's none.")
    return row


def _terms_check(terms: AssociateTerms, *, other_than: BusinessAssociate | None) -> None:
    same = BusinessAssociate.objects.filter(name=terms.name, ended_on=None)
    if (same.exclude(pk=other_than.pk) if other_than else same).exists():
        raise PaperError("An associate of this name is registered.")
    if terms.expires_on and (terms.agreed_on is None or terms.expires_on <= terms.agreed_on):
        raise PaperError("An agreement ends after the day on which it was made.")


def _facts(row: BusinessAssociate) -> dict[str, Any]:
    dates = {
        each: value.isoformat() if (value := getattr(row, each)) else ""
        for each in ("agreed_on", "expires_on", "review_on")
    }
    return {"name": row.name, "notes": row.does, "file_sha256": row.file_sha256, **dates}


def _record(action: Action, row: BusinessAssociate, user: User, now: datetime, **detail: Any) -> None:
    audit_record(
        action=action, actor=user.actor, now=now, subject=("business_associate", str(row.pk)), detail=detail
    )
