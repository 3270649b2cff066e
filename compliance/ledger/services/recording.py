"""Recording an event, inside the transaction of what it records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from compliance.ledger.domain.canonical import EventFacts, content_compose, header_compose
from compliance.ledger.domain.critical import CRITICAL
from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.errors import LedgerError
from compliance.ledger.models import AuditEvent
from compliance.ledger.services.event_rows import event_write
from compliance.ledger.services.inclusion import inclusion_ask
from compliance.ledger.services.sequencing import event_sequence
from releaseconsole.kernel import randomness

_SALT_BYTES: Final = 16


def audit_record(
    *,
    action: Action,
    actor: Actor,
    now: datetime,
    outcome: Outcome = Outcome.DONE,
    app_id: str = "",
    subject: tuple[str, str] = ("", ""),
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Record one event in the caller's transaction, so that both are kept or neither.

    A refusal or failure (`outcome` other than done) is recorded in a transaction of its own by the edge
    that refused, since the refused change itself is rolled back. What is critical is put under a signed
    checkpoint as soon as the transaction is committed (`domain.critical`).

    Args:
        action: What happened.
        actor: Who did it, by id.
        now: When, aware UTC, as read once by the calling service.
        outcome: How it ended.
        app_id: The app it concerns, where it concerns one.
        subject: Type and id of the object, for example `("release", "42")`.
        detail: JSON-ready facts without secrets and without floats. What is personal or free text has a
            name of `domain.commitments`, so that it can be erased later.

    Raises:
        LedgerError: A success was recorded outside a transaction, or the facts can't be written.
    """
    if outcome is Outcome.DONE and not connection.in_atomic_block:
        raise LedgerError("A successful action must be recorded inside its own transaction.")
    content, disclosures = content_compose(detail or {}, salt=lambda: randomness.token_urlsafe(_SALT_BYTES))
    said = EventFacts(now, action.value, outcome.value, actor, app_id, subject)
    header = header_compose(said, content, event_id=randomness.token_id())
    with transaction.atomic(savepoint=False):
        event = event_write(said, header, content, disclosures)
        event_sequence(event)
    if action in CRITICAL and outcome is Outcome.DONE:
        inclusion_ask()
    return event
