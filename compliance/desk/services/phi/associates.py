"""Keeping the register of business associates: added, changed, ended; never deleted."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from compliance.desk.errors import PaperError
from compliance.desk.models import BusinessAssociate
from compliance.desk.services.party_register import PartyRegister
from compliance.ledger.domain.events import Action


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
        _terms_check(terms)
        return _REGISTER.add(asdict(terms), user=user, now=now)


def associate_change(
    *, associate_id: int, terms: AssociateTerms, version: int, user: User, now: datetime
) -> BusinessAssociate:
    """Change what is registered, as of the version that the person saw.

    Raises:
        PaperError: They have ended, somebody else changed it meanwhile, or the terms can't be.
    """
    with transaction.atomic():
        row = _REGISTER.locked(associate_id, version=version)
        _terms_check(terms)
        return _REGISTER.change(row, asdict(terms), user=user, now=now)


def associate_end(*, associate_id: int, reason: str, user: User, now: datetime) -> BusinessAssociate:
    """Say that an associate handles nothing any more; what was registered stays.

    Raises:
        PaperError: They have ended already, or nobody says why.
    """
    return _REGISTER.end(associate_id, reason=reason, user=user, now=now)


def _terms_check(terms: AssociateTerms) -> None:
    if terms.expires_on and (terms.agreed_on is None or terms.expires_on <= terms.agreed_on):
        raise PaperError("An agreement ends after the day on which it was made.")


def _facts(row: BusinessAssociate) -> dict[str, Any]:
    dates = {
        each: value.isoformat() if (value := getattr(row, each)) else ""
        for each in ("agreed_on", "expires_on", "review_on")
    }
    return {"name": row.name, "notes": row.does, "file_sha256": row.file_sha256, **dates}


_REGISTER: Final = PartyRegister(
    rows=BusinessAssociate.objects.all,
    noun="associate",
    article="An",
    subject="business_associate",
    error=PaperError,
    added=Action.ASSOCIATE_ADDED,
    changed=Action.ASSOCIATE_CHANGED,
    ended=Action.ASSOCIATE_ENDED,
    facts=_facts,
)
