"""Recording that somebody looked at a text or a library. Whether they may is the caller's to ask."""

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from compliance.desk.domain.modules.components import BY_NAME
from compliance.desk.domain.modules.upkeep import Upkeep
from compliance.desk.domain.modules.watchlist import WATCHED, ReviewKind
from compliance.desk.errors import ReviewRefusedError
from compliance.desk.models import WatchReview
from compliance.desk.selectors.calendar import today_at
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record

_SUBJECTS: Final = {ReviewKind.TEXT: "watched_text", ReviewKind.LIBRARY: "watched_library"}
KEYS: Final = {
    ReviewKind.TEXT: frozenset(text.key for text in WATCHED),
    ReviewKind.LIBRARY: frozenset(BY_NAME),
}


def watch_review_record(
    *,
    kind: ReviewKind,
    key: str,
    version: str,
    reviewed_on: date,
    next_on: date,
    owner: User,
    note: str,
    upkeep: Upkeep | None = None,
    user: User,
    now: datetime,
) -> WatchReview:
    """Put a review on record in the place of the one before.

    Args:
        kind: Of what.
        key: Which.
        version: That was read, or is in use.
        reviewed_on: When somebody looked.
        next_on: When it's due again.
        owner: Who sees to that.
        note: What they found.
        upkeep: Of a library: how it's kept up.
        user: Who records it.
        now: When.

    Raises:
        ReviewRefusedError: Nothing of this name is watched, or the days can't be so.
    """
    kept = upkeep or Upkeep()
    _review_require(kind, key, reviewed_on=reviewed_on, next_on=next_on, kept=kept, now=now)
    with transaction.atomic():
        WatchReview.objects.filter(kind=kind.value, key=key, superseded_at=None).update(superseded_at=now)
        row = WatchReview.objects.create(
            kind=kind.value,
            key=key,
            version=version,
            reviewed_on=reviewed_on,
            next_on=next_on,
            owner=owner,
            note=note,
            last_release_on=kept.last_release_on,
            maintenance=kept.maintenance.value if kept.maintenance else "",
            adoption=kept.adoption,
            audits=kept.audits,
            common_criteria=kept.common_criteria,
            recorded_at=now,
            recorded_by=user,
        )
        audit_record(
            action=Action.WATCH_REVIEWED,
            actor=user.actor,
            now=now,
            subject=(_SUBJECTS[kind], key),
            detail=_facts(row),
        )
    return row


def _facts(row: WatchReview) -> dict[str, Any]:
    return {
        "about": row.version,
        "reviewed_on": row.reviewed_on.isoformat(),
        "next_on": row.next_on.isoformat(),
        "owner_person": row.owner_id,
        "maintenance": row.maintenance,
        "note": row.note,
    }


def _review_require(
    kind: ReviewKind, key: str, *, reviewed_on: date, next_on: date, kept: Upkeep, now: datetime
) -> None:
    if key not in KEYS[kind]:
        raise ReviewRefusedError("Nothing of this name is watched.")
    if reviewed_on > today_at(now):
        raise ReviewRefusedError("Nobody can have looked on a day that's still to come.")
    if next_on <= reviewed_on:
        raise ReviewRefusedError("The next review comes after this one.")
    if kept.last_release_on and kept.last_release_on > reviewed_on:
        raise ReviewRefusedError("A release can't have come out after somebody looked.")
