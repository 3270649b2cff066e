"""Lifting a shutoff. Whether that takes two is for the policy to say (`accounts.domain.policy.SHUTOFF_LIFT`).

Apart from `shutoffs`, since the management API, which shuts off too, may not reach what people confirm.
"""

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.policy import SHUTOFF_LIFT
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import User
from accounts.services.authority import Authority, authority_use
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from updates.errors import NotShutOffError
from updates.models import App, Channel
from updates.services.decisions import channel_served_changed
from updates.services.locks import app_lock, channel_lock
from updates.services.shutoffs import app_served_changed, shutoff_record


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
        else:
            app.shutoff_at, app.shutoff_reason = None, ""
            app_served_changed(app)
        shutoff_record(
            action=Action.CHANNEL_SHUTOFF_LIFTED if channel else Action.APP_SHUTOFF_LIFTED,
            place=channel or app,
            actor=user.actor,
            now=now,
            detail={},
        )


def _entitled_check(user: User, app: App, channel: Channel | None) -> None:
    name = channel.name if channel else ""
    if not user.may(Permission.RELEASE_ROLL_BACK, app_id=app.pk, channel=name):
        raise PermissionDeniedError(Permission.RELEASE_ROLL_BACK.value)
