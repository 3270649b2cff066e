"""The ledger's front door: `audit_record`, called inside the transaction of what it records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.errors import LedgerError
from compliance.ledger.models import AuditEvent


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
    that refused, since the refused change itself is rolled back.

    Args:
        action: What happened.
        actor: Who did it, by id.
        now: When, aware UTC, as read once by the calling service.
        outcome: How it ended.
        app_id: The app it concerns, where it concerns one.
        subject: Type and id of the object, for example `("release", "42")`.
        detail: JSON-ready facts without secrets and without personal data.

    Raises:
        LedgerError: A success was recorded outside a transaction.
    """
    if outcome is Outcome.DONE and not transaction.get_connection().in_atomic_block:
        raise LedgerError("A successful action must be recorded inside its own transaction.")
    return AuditEvent.objects.create(
        at=now,
        action=action.value,
        outcome=outcome.value,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        app_id=app_id,
        object_type=subject[0],
        object_id=subject[1],
        detail=dict(detail or {}),
    )
