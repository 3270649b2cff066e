"""Recording who looked for somebody in the audit log: reading about people is an act as well."""

from datetime import datetime

from django.db import transaction

from compliance.desk.domain.log_search import LogSearch
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record


def search_record(*, search: LogSearch, actor: Actor, now: datetime) -> None:
    """Record a search; what was searched for can be erased again, as it may name somebody."""
    with transaction.atomic():
        audit_record(action=Action.LOG_READ, actor=actor, now=now, detail={"filter": search.spelled()})


def entry_read_record(*, sequence: int, actor: Actor, now: datetime) -> None:
    """Record that somebody read the personal values of an entry."""
    with transaction.atomic():
        audit_record(action=Action.LOG_READ, actor=actor, now=now, subject=("audit_entry", str(sequence)))
