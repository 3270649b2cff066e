"""Reading the papers: associates and decisions, each with how it stands with its review."""

from dataclasses import dataclass
from datetime import date

from compliance.desk.domain.phi.papers import SPECIFICATIONS, ReviewState, review_state
from compliance.desk.models import AddressableDecision, BusinessAssociate
from releaseconsole.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class AssociateShown:
    """An associate, with its review; `lacks` says what isn't as it should be, empty if nothing."""

    row: BusinessAssociate
    review: ReviewState
    lacks: str


@dataclass(frozen=True, slots=True)
class SpecificationShown:
    """An addressable specification, with the decision in force and those before it."""

    section: str
    words: str
    row: AddressableDecision | None
    review: ReviewState | None
    earlier: list[AddressableDecision]


def associates_shown(*, today: date) -> list[AssociateShown]:
    """List all associates, those that stand first."""
    rows = sorted(
        BusinessAssociate.objects.select_related("added_by"),
        key=lambda row: (row.ended_on is not None, row.name),
    )
    return [
        AssociateShown(
            row,
            review_state(review_on=row.review_on, today=today, has_ended=row.ended_on is not None),
            _lacks(row, today),
        )
        for row in rows
    ]


def associate_get(*, associate_id: int) -> BusinessAssociate:
    """Find one that stands.

    Raises:
        NotFoundError: There's none, or they have ended.
    """
    row = BusinessAssociate.objects.filter(pk=associate_id, ended_on=None).first()
    if row is None:
        raise NotFoundError("There is no such associate.")
    return row


def specifications_shown(*, today: date) -> list[SpecificationShown]:
    """List every addressable specification, decided or not."""
    decided: dict[str, list[AddressableDecision]] = {}
    for row in AddressableDecision.objects.select_related("decided_by").order_by("-decided_at", "-pk"):
        decided.setdefault(row.specification, []).append(row)
    return [
        _shown(section, words, decided.get(section, []), today) for section, words in SPECIFICATIONS.items()
    ]


def _shown(section: str, words: str, rows: list[AddressableDecision], today: date) -> SpecificationShown:
    current = next((row for row in rows if row.replaced_at is None), None)
    review = review_state(review_on=current.review_on, today=today, has_ended=False) if current else None
    return SpecificationShown(section, words, current, review, [row for row in rows if row is not current])


def _lacks(row: BusinessAssociate, today: date) -> str:
    if row.ended_on is not None:
        return ""
    if row.agreed_on is None:
        return "no agreement"
    return "agreement over" if row.expires_on and row.expires_on < today else ""
