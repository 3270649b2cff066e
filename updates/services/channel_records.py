"""Recording what happened to a channel."""

from datetime import datetime
from typing import Any

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from updates.models import Channel


def channel_record(action: Action, channel: Channel, *, actor: Actor, now: datetime, **detail: Any) -> None:
    """Record an act on a channel, in the caller's transaction."""
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=channel.app_id,
        subject=("channel", channel.name),
        detail=detail,
    )
