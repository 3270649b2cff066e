"""Writing down decisions on addressable specifications; a later one replaces an earlier one."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from compliance.desk.domain.phi.papers import SPECIFICATIONS, Decision
from compliance.desk.errors import PaperError
from compliance.desk.models import AddressableDecision
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record


@dataclass(frozen=True, slots=True)
class DecisionTerms:
    """What was decided (`AddressableDecision`)."""

    specification: str
    decision: Decision
    reason: str
    review_on: date
    alternative: str = ""


def decision_write(*, terms: DecisionTerms, user: User, now: datetime) -> AddressableDecision:
    """Write a decision down; the one in force about the same specification is replaced by it.

    Raises:
        PaperError: It names no specification or reason, or an alternative where there is none to name.
    """
    _terms_check(terms)
    with transaction.atomic():
        before = _replace(terms.specification, now)
        row = AddressableDecision.objects.create(
            specification=terms.specification,
            decision=terms.decision.value,
            reason=terms.reason.strip(),
            alternative=terms.alternative.strip(),
            review_on=terms.review_on,
            decided_by=user,
            decided_at=now,
        )
        audit_record(
            action=Action.ADDRESSABLE_DECIDED,
            actor=user.actor,
            now=now,
            subject=("addressable_decision", str(row.pk)),
            detail={
                "specification": row.specification,
                "decision": row.decision,
                "reason": row.reason,
                "notes": row.alternative,
                "review_on": row.review_on.isoformat(),
                "replaces": str(before.pk) if before else "",
            },
        )
    return row


def _terms_check(terms: DecisionTerms) -> None:
    if terms.specification not in SPECIFICATIONS:
        raise PaperError("There is no such addressable specification.")
    if not terms.reason.strip():
        raise PaperError("Say why: that is what has to be documented.")
    if bool(terms.alternative.strip()) != (terms.decision is Decision.ALTERNATIVE):
        raise PaperError("An alternative is named where one is chosen, and only there.")


def _replace(specification: str, now: datetime) -> AddressableDecision | None:
    """End the decision in force, if there's one."""
    standing = AddressableDecision.objects.select_for_update().filter(
        specification=specification, replaced_at=None
    )
    row = standing.first()
    if row is not None:
        row.replaced_at = now
        row.save(update_fields=["replaced_at"])
    return row
