"""What may be changed of an app: its name and platforms, its default channel, what it keeps of devices."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from signing.selectors import phi_app_ids
from updates.domain.attributes import are_fewer, attributes_check, attributes_write
from updates.domain.names import platforms_check
from updates.errors import ConflictError, InvalidValueError
from updates.models import App, Channel, Device
from updates.selectors.app_settings import AppSettings, app_settings
from updates.services.decision_table import decision_table_touch
from updates.services.locks import app_lock


def app_change(*, app: App, settings: AppSettings, actor: Actor) -> App:
    """Change an app's settings; its id stays for ever. What isn't to be kept any more is forgotten at once.

    Raises:
        InvalidValueError: A name, platform, channel or attribute isn't acceptable, or the app handles PHI and
            would keep ids that may name people.
        ConflictError: A channel serves a platform that the app would leave.
    """
    now = clock.now()
    platforms, attributes = platforms_check(settings.platforms), attributes_check(settings.attributes)
    if not settings.name.strip():
        raise InvalidValueError("Give the app a name.")
    with transaction.atomic():
        app = app_lock(app.pk)
        before = app_settings(app)
        _platforms_in_use(app, platforms)
        _custom_id_check(app, settings)
        app.default_channel = _channel(app, settings.default_channel)
        app.name, app.platforms = settings.name.strip(), platforms
        app.keeps_custom_id, app.attributes = settings.keeps_custom_id, attributes_write(attributes)
        after = app_settings(app)
        if after == before:
            return app
        app.save()
        _forget(app, before, after)
        decision_table_touch()
        _record(app, before, after, actor, now)
    return app


def _platforms_in_use(app: App, platforms: Iterable[str]) -> None:
    for channel in app.channels.order_by("name"):
        if left := sorted(set(channel.platforms) - set(platforms)):
            raise ConflictError(f"{channel.name} serves {', '.join(left)}. Change the channel first.")


def _custom_id_check(app: App, settings: AppSettings) -> None:
    if settings.keeps_custom_id and app.pk in phi_app_ids():
        raise InvalidValueError(
            "This app handles health data, and the ids that it gives devices may name patients: none is kept."
        )


def _channel(app: App, name: str) -> Channel | None:
    if not name:
        return None
    channel = app.channels.filter(name=name, preview_of="").first()
    if channel is None:
        raise InvalidValueError(f"{app.name} has no channel {name} that could be its default.")
    return channel


def _forget(app: App, before: AppSettings, after: AppSettings) -> None:
    """Drop what devices told and the app keeps no more; what it still keeps they tell again when they ask."""
    devices = Device.objects.filter(app=app)
    if before.keeps_custom_id and not after.keeps_custom_id:
        devices.exclude(custom_id="").update(custom_id="")
    if are_fewer(before.attributes, after.attributes):
        devices.exclude(attributes={}).update(attributes={})


def _record(app: App, before: AppSettings, after: AppSettings, actor: Actor, now: datetime) -> None:
    was, becomes = _facts(before), _facts(after)
    changed = [name for name in was if was[name] != becomes[name]]
    audit_record(
        action=Action.APP_CHANGED,
        actor=actor,
        now=now,
        app_id=app.pk,
        subject=("app", app.pk),
        detail={
            "before": {name: was[name] for name in changed},
            "after": {name: becomes[name] for name in changed},
        },
    )


def _facts(settings: AppSettings) -> dict[str, Any]:
    return {
        "name": settings.name,
        "platforms": list(settings.platforms),
        "default_channel": settings.default_channel,
        "keeps_custom_id": settings.keeps_custom_id,
        "attributes": attributes_write(settings.attributes),
    }
