"""Shutoff of a channel or an app: at once and with the permission alone. `shutoff_lifting` ends it.

While it lasts nobody gets anything there: devices keep what they run.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.errors import InvalidValueError
from updates.models import App, Channel
from updates.services.decision_table import decision_table_touch
from updates.services.decisions import channel_served_changed
from updates.services.locks import app_lock, channel_lock


def channel_shut_off(*, channel: Channel, reason: str, actor: Actor) -> Channel:
    """Serve nobody from a channel. One that is shut off already stays as it is.

    Raises:
        InvalidValueError: No reason is given.
    """
    reason, now = _reason(reason), clock.now()
    with transaction.atomic():
        channel = channel_lock(channel)
        if channel.shutoff_at is None:
            channel.shutoff_at, channel.shutoff_reason = now, reason
            channel_served_changed(channel)
            shutoff_record(
                action=Action.CHANNEL_SHUT_OFF, place=channel, actor=actor, now=now, detail={"reason": reason}
            )
    return channel


def app_shut_off(*, app: App, reason: str, actor: Actor) -> App:
    """Serve nobody from any channel of an app. One that is shut off already stays as it is.

    Raises:
        InvalidValueError: No reason is given.
    """
    reason, now = _reason(reason), clock.now()
    with transaction.atomic():
        app = app_lock(app.pk)
        if app.shutoff_at is None:
            app.shutoff_at, app.shutoff_reason = now, reason
            app_served_changed(app)
            shutoff_record(
                action=Action.APP_SHUT_OFF, place=app, actor=actor, now=now, detail={"reason": reason}
            )
    return app


def app_served_changed(app: App) -> None:
    """Raise the `decision_seq` of every channel of a locked app: it serves something else on all of them."""
    app.save(update_fields=["shutoff_at", "shutoff_reason"])
    app.channels.update(decision_seq=F("decision_seq") + 1)
    decision_table_touch()


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidValueError("Say why, for who meets it.")
    return text.strip()


def shutoff_record(
    *, action: Action, place: App | Channel, actor: Actor, now: datetime, detail: Mapping[str, str]
) -> None:
    """Record what became of a shutoff."""
    if isinstance(place, App):
        app_id, subject = place.pk, ("app", place.pk)
    else:
        app_id, subject = place.app_id, ("channel", place.name)
    audit_record(action=action, actor=actor, now=now, app_id=app_id, subject=subject, detail=detail)
