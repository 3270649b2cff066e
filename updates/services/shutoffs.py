"""Shutoff of a channel or an app: at once and with the permission alone; lifted by two people.

While it lasts nobody gets anything there: devices keep what they run. Whether it takes two to lift it is for
the policy to say (`accounts.domain.policy.SHUTOFF_LIFT`); where it doesn't, one person's proof is enough.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.domain.operations import Operation
from accounts.domain.policy import SHUTOFF_LIFT
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import User
from accounts.services.authority import Authority, authority_use
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.errors import InvalidValueError, NotShutOffError
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
            _record(Action.CHANNEL_SHUT_OFF, channel, actor, now, reason=reason)
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
            _app_served_changed(app)
            _record(Action.APP_SHUT_OFF, app, actor, now, reason=reason)
    return app


def shutoff_lift_operation(*, app: App, channel: Channel | None = None) -> Operation:
    """Name the lifting of the shutoff that is in force now; a later one is another.

    Raises:
        NotShutOffError: There is none.
    """
    since = channel.shutoff_at if channel else app.shutoff_at
    if since is None:
        raise NotShutOffError
    facts = {"app_id": app.pk, "channel": channel.name if channel else "", "since": since.isoformat()}
    return Operation(SHUTOFF_LIFT, facts)


def shutoff_lift(*, app: App, channel: Channel | None = None, authority: Authority) -> None:
    """Serve again what a channel has, or what all channels of an app have that aren't shut off themselves.

    Raises:
        NotShutOffError: Nothing is shut off here.
        AccountsError: The authority doesn't cover this, or the person may not do it.
    """
    now = clock.now()
    with transaction.atomic():
        if channel is not None:
            channel = channel_lock(channel)
        app = channel.app if channel is not None else app_lock(app.pk)
        user = authority_use(authority=authority, operation=shutoff_lift_operation(app=app, channel=channel))
        _entitled_check(user, app, channel)
        if channel is not None:
            channel.shutoff_at, channel.shutoff_reason = None, ""
            channel_served_changed(channel)
            _record(Action.CHANNEL_SHUTOFF_LIFTED, channel, user.actor, now)
        else:
            app.shutoff_at, app.shutoff_reason = None, ""
            _app_served_changed(app)
            _record(Action.APP_SHUTOFF_LIFTED, app, user.actor, now)


def _app_served_changed(app: App) -> None:
    """Raise the `decision_seq` of every channel of a locked app: it serves something else on all of them."""
    app.save(update_fields=["shutoff_at", "shutoff_reason"])
    app.channels.update(decision_seq=F("decision_seq") + 1)
    decision_table_touch()


def _entitled_check(user: User, app: App, channel: Channel | None) -> None:
    name = channel.name if channel else ""
    if not user.may(Permission.RELEASE_ROLL_BACK, app_id=app.pk, channel=name):
        raise PermissionDeniedError(Permission.RELEASE_ROLL_BACK.value)


def _reason(text: str) -> str:
    if not text.strip():
        raise InvalidValueError("Say why, for who meets it.")
    return text.strip()


def _record(action: Action, place: App | Channel, actor: Actor, now: datetime, **detail: str) -> None:
    if isinstance(place, App):
        app_id, subject = place.pk, ("app", place.pk)
    else:
        app_id, subject = place.app_id, ("channel", place.name)
    audit_record(action=action, actor=actor, now=now, app_id=app_id, subject=subject, detail=detail)
