"""Saying where an app is in the stores."""

from dataclasses import asdict

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.domain.store_presence import StoreValues, store_values_check
from updates.models import App, StorePresence
from updates.selectors.store_presence import store_presence_of
from updates.services.locks import app_lock

# May name a person: that it changed is recorded, not to what.
_UNRECORDED = "privacy_contact"


def store_presence_set(*, app: App, values: StoreValues, actor: Actor) -> StoreValues:
    """Keep where an app is in the stores, whole; what was there already is left alone.

    Raises:
        InvalidValueError: A value isn't acceptable.
    """
    now = clock.now()
    values = store_values_check(values)
    with transaction.atomic():
        app = app_lock(app.pk)
        before, after = asdict(store_presence_of(app=app)), asdict(values)
        changed = sorted(name for name in after if after[name] != before[name])
        if not changed:
            return values
        kept = after | {"android_fingerprints": list(values.android_fingerprints)}
        StorePresence.objects.update_or_create(app=app, defaults=kept)
        recorded = [name for name in changed if name != _UNRECORDED]
        audit_record(
            action=Action.APP_CHANGED,
            actor=actor,
            now=now,
            app_id=app.pk,
            subject=("app", app.pk),
            detail={
                "changed": [f"store_{name}" for name in changed],
                "before": {name: before[name] for name in recorded},
                "after": {name: after[name] for name in recorded},
            },
        )
    return values
