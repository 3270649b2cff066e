"""What may be changed of an app: its name and platforms, its default channel, what it keeps of devices."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.services.rewrap import SealedRows
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.errors import LegalHoldError
from compliance.ledger.services import audit_record
from compliance.ledger.services.erasing import erasing_lock
from releaseconsole.kernel import clock
from signing.selectors import phi_app_ids
from updates.backends.custom_id_key import custom_id_key_make
from updates.domain.attributes import are_fewer, attributes_check, attributes_write
from updates.domain.custom_ids import CustomIdPolicy
from updates.domain.names import platforms_check
from updates.domain.optional_telemetry import TelemetryPolicy, text_version_read
from updates.errors import ConflictError, InvalidValueError
from updates.models import App, Channel, Device
from updates.selectors.app_settings import AppSettings, app_settings
from updates.selectors.holding import rows_held
from updates.services.decision_table import decision_table_touch
from updates.services.locks import app_lock


def app_change(*, app: App, settings: AppSettings, actor: Actor) -> App:
    """Change an app's settings; its id stays for ever. What isn't to be kept any more is forgotten at once.

    Raises:
        InvalidValueError: A name, platform, channel or attribute isn't acceptable, or the app handles PHI and
            would keep ids that may name people.
        ConflictError: A channel serves a platform that the app would leave.
        LegalHoldError: Something would be forgotten that a hold keeps.
        SealingError: Ids are to be hashed, and the KEK that keeps the key can't be used.
    """
    now = clock.now()
    platforms, attributes = platforms_check(settings.platforms), attributes_check(settings.attributes)
    if not settings.name.strip():
        raise InvalidValueError("Give the app a name.")
    _text_check(settings)
    with transaction.atomic():
        erasing_lock()  # before the app, as where holders erase
        app = app_lock(app.pk)
        before = app_settings(app)
        _platforms_in_use(app, platforms)
        _custom_id_check(app, settings)
        app.default_channel = _channel(app, settings.default_channel)
        app.name, app.platforms = settings.name.strip(), platforms
        app.attributes = attributes_write(attributes)
        _custom_ids_set(app, settings.custom_id_policy)
        app.telemetry_policy = settings.telemetry_policy.value
        app.telemetry_text_version = settings.telemetry_text_version
        after = app_settings(app)
        if after == before:
            return app
        app.save()
        _forget(app, before, after)
        decision_table_touch()
        _record(app, before, after, actor, now)
    return app


def app_keeping_change(
    *,
    app: App,
    custom_id_policy: CustomIdPolicy | None = None,
    telemetry_policy: TelemetryPolicy | None = None,
    telemetry_text_version: str | None = None,
    actor: Actor,
) -> App:
    """Change what is kept of an app's devices; what isn't said stays, and so does everything else of the app.

    Raises:
        InvalidValueError: The app handles PHI and would keep ids that may name people; or details are kept by
            consent, and to which text isn't said.
        LegalHoldError: Something would be forgotten that a hold keeps.
        SealingError: Ids are to be hashed, and the KEK that keeps the key can't be used.
    """
    with transaction.atomic():
        erasing_lock()
        set_now = app_settings(app_lock(app.pk))
        wanted = replace(
            set_now,
            custom_id_policy=custom_id_policy or set_now.custom_id_policy,
            telemetry_policy=telemetry_policy or set_now.telemetry_policy,
            telemetry_text_version=(
                set_now.telemetry_text_version if telemetry_text_version is None else telemetry_text_version
            ),
        )
        return app_change(app=app, settings=wanted, actor=actor)


def custom_id_keys() -> SealedRows[App]:
    """Return what rests under the KEK, for when the KEK changes."""
    return SealedRows("custom id keys", App.objects.all(), "sealed_custom_id_key", App.custom_id_key_context)


def _platforms_in_use(app: App, platforms: Iterable[str]) -> None:
    for channel in app.channels.order_by("name"):
        if left := sorted(set(channel.platforms) - set(platforms)):
            raise ConflictError(f"{channel.name} serves {', '.join(left)}. Change the channel first.")


def _custom_id_check(app: App, settings: AppSettings) -> None:
    if settings.custom_id_policy is not CustomIdPolicy.OFF and app.pk in phi_app_ids():
        raise InvalidValueError(
            "This app handles health data, and the ids that it gives devices may name patients: none is kept."
        )


def _text_check(settings: AppSettings) -> None:
    version = settings.telemetry_text_version
    if version and not text_version_read(version):
        raise InvalidValueError("The version of a text is up to 16 letters, digits, dots and dashes.")
    if settings.telemetry_policy is TelemetryPolicy.CONSENT and not version:
        raise InvalidValueError("Say the version of the text by which people agree.")


def _custom_ids_set(app: App, policy: CustomIdPolicy) -> None:
    """Set the policy, with a key of its own for each time in which ids are hashed."""
    is_hashed = policy is CustomIdPolicy.HASHED
    if is_hashed and not app.sealed_custom_id_key:
        app.sealed_custom_id_key = custom_id_key_make(app.custom_id_key_context())
    elif not is_hashed:
        app.sealed_custom_id_key = ""
    app.custom_id_policy = policy.value


def _channel(app: App, name: str) -> Channel | None:
    if not name:
        return None
    channel = app.channels.filter(name=name, preview_of="").first()
    if channel is None:
        raise InvalidValueError(f"{app.name} has no channel {name} that could be its default.")
    return channel


def _forget(app: App, before: AppSettings, after: AppSettings) -> None:
    """Drop what devices told and the app doesn't keep so any more; they tell again what it keeps.

    No stored id is hashed, and no hash has an id: under another policy all of them go.
    """
    devices = Device.objects.filter(app=app)
    if before.custom_id_policy is not after.custom_id_policy:
        _unheld(devices.exclude(custom_id="")).update(custom_id="")
    if are_fewer(before.attributes, after.attributes):
        _unheld(devices.exclude(attributes={})).update(attributes={})


def _unheld(devices: QuerySet[Device]) -> QuerySet[Device]:
    if any(devices.filter(kept).exists() for kept in rows_held(Device).values()):
        raise LegalHoldError("A legal hold keeps what devices told of themselves: it can't be forgotten yet.")
    return devices


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
        "custom_id_policy": settings.custom_id_policy.value,
        "telemetry_policy": settings.telemetry_policy.value,
        "telemetry_text_version": settings.telemetry_text_version,
        "attributes": attributes_write(settings.attributes),
    }
