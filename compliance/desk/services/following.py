"""Recording who follows the log by machine, without making the log grow by being followed."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from compliance.desk.selectors.feed import was_following
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record

# A follower reads of itself once in this time; each of its reads would else give it something to read.
RECORDED_EVERY: Final = timedelta(hours=1)


def following_record(*, actor: Actor, after: int, now: datetime) -> None:
    """Record that a machine follows the log from a place on, unless that is on record already."""
    if was_following(actor=actor, since=now - RECORDED_EVERY):
        return
    with transaction.atomic():
        audit_record(action=Action.LOG_FOLLOWED, actor=actor, now=now, detail={"after": after})
