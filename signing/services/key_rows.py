"""Rows of keys: locked for a change, seen as a plan sees them, and changed by one step."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Max

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.key_owner import KeyOwner
from signing.domain.key_plan import KeyView
from signing.domain.lifecycle import KeyPurpose, KeyState, key_state_change
from signing.models import SigningKey

_ENTERED_AT: Final[Mapping[KeyState, str]] = {
    KeyState.PREPUBLISHED: "published_at",
    KeyState.ACTIVE: "activated_at",
    KeyState.VERIFY_ONLY: "deactivated_at",
    KeyState.RETIRED: "retired_at",
    KeyState.SUSPENDED: "suspended_at",
    KeyState.COMPROMISED: "revoked_at",
    KeyState.DESTROYED: "destroyed_at",
}


def keys_lock(purpose: KeyPurpose, app_id: str) -> list[SigningKey]:
    """Keep everybody else from changing the keys of this purpose and app until the transaction ends.

    Returns all that aren't destroyed, read afresh, oldest first. A row lock wouldn't do: the first key has no
    row yet. SQLite's transactions are IMMEDIATE, so there the whole database is locked already.
    """
    if connection.vendor == "postgresql":
        name = f"signing-keys:{purpose.value}:{app_id}".encode()
        lock_id = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_id])
    return keys_read(purpose, app_id)


def keys_read(purpose: KeyPurpose, app_id: str) -> list[SigningKey]:
    """Read the keys of this purpose and app that aren't destroyed, oldest first."""
    rows = SigningKey.objects.filter(purpose=purpose, app_id=app_id).exclude(state=KeyState.DESTROYED)
    return list(rows.select_related("usage").order_by("epoch"))


def epoch_next(owner: KeyOwner) -> int:
    """Number the next key of this purpose and app; destroyed ones count, so no number comes twice."""
    last = SigningKey.objects.filter(purpose=owner.purpose, app_id=owner.app_id).aggregate(Max("epoch"))
    return (last["epoch__max"] or 0) + 1


def key_view(row: SigningKey, *, trusted: Collection[str] | None = None) -> KeyView:
    """See a row as a plan does; `trusted` are the kids that clients can trust, None: all."""
    usage = getattr(row, "usage", None)
    return KeyView(
        key_id=row.pk,
        epoch=row.epoch,
        state=KeyState(row.state),
        algorithm=Algorithm(row.algorithm),
        published_at=row.published_at,
        activated_at=row.activated_at,
        deactivated_at=row.deactivated_at,
        rotation_requested_at=row.rotation_requested_at,
        has_private=row.private_destroyed_at is None and row.kid is not None,
        last_expires_at=usage.last_expires_at if usage else None,
        is_trusted=trusted is None or row.key_id in trusted,
    )


def key_enter(
    row: SigningKey,
    state: KeyState,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    change: Callable[[SigningKey], None] | None = None,
) -> None:
    """Bring a locked row into a state, dated and on the audit log, in the caller's transaction.

    Raises:
        KeyStateError: It can't go there from where it is.
    """
    row.state = key_state_change(KeyState(row.state), state)
    setattr(row, _ENTERED_AT[state], now)
    if change is not None:
        change(row)
    row.save()
    key_audit(action, row, actor=actor, now=now)


def private_forget(row: SigningKey, now: datetime) -> None:
    """Empty what the row holds of the private half (unsaved)."""
    row.sealed_private = ""
    row.private_destroyed_at = row.private_destroyed_at or now


def key_audit(action: Action, row: SigningKey, *, actor: Actor, now: datetime, **more: str) -> None:
    """Record what happened to a key, in the caller's transaction."""
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=row.app_id,
        subject=("signing_key", str(row.pk)),
        detail={
            "kid": row.key_id,
            "purpose": row.purpose,
            "algorithm": row.algorithm,
            "epoch": row.epoch,
            "backend": row.backend,
            **more,
        },
    )
