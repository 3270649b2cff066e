"""Bringing the keys of one purpose and app to where the plan wants them.

Safe under any number of workers and under a death at any point: the plan is made from rows that were read
under a lock, all that one turn changes in the database is one transaction, and what isn't transactional (an
HSM that makes or destroys a key) is asked for by a row that was committed before, with that row's id as
idempotency token. Whoever comes next goes on from there.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Action, Actor
from signing.backends import CreatedKey, key_backend
from signing.backends.local import LocalKeyBackend
from signing.domain.key_owner import KeyOwner
from signing.domain.key_plan import Step, StepKind, next_step
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.selectors.trust import delegated_kids
from signing.services.backend_choice import backend_for
from signing.services.ceilings import ceiling_note
from signing.services.key_rows import (
    epoch_next,
    key_audit,
    key_enter,
    key_view,
    keys_lock,
    keys_read,
    private_forget,
)
from signing.services.key_set import key_set_touch
from signing.services.loading import key_stored, material_destroy
from signing.services.rules import key_rules

_log = logging.getLogger(__name__)

# A first key takes three turns: make it, activate it and make the next one, and see that nothing is due.
_MOST_TURNS: Final = 8
_LONGEST_FAILURE: Final = 300


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a backend has to do between two turns."""

    row: SigningKey
    is_making: bool


def owner_reconcile(owner: KeyOwner, *, actor: Actor = SYSTEM, now: datetime) -> int:
    """Do all that is due for the keys of one purpose and app; returns how many turns changed something.

    Args:
        owner: Whose keys; its algorithm is the one wanted now.
        actor: On whose behalf; the audit log names them.
        now: The time to judge by.

    Raises:
        KeyUnavailableError: A backend couldn't do its part; everything else is done, and this is tried again
            by the next reconciliation.
    """
    if not _is_due(owner, now):
        return 0
    for turn in range(_MOST_TURNS):
        errand = _turn(owner, actor, now)
        if errand is None:
            return turn + 1
        _errand_run(errand, owner, actor, now)
    return _MOST_TURNS


def _is_due(owner: KeyOwner, now: datetime) -> bool:
    """Look without a lock first: nearly always nothing is due."""
    rows = keys_read(owner.purpose, owner.app_id)
    return any(row.state == KeyState.GENERATING for row in rows) or _due(owner, rows, now) is not None


def _due(owner: KeyOwner, rows: list[SigningKey], now: datetime) -> Step | None:
    # A trust key is worth something only once the root has named it.
    trusted = delegated_kids(owner.app_id) if owner.purpose is KeyPurpose.TRUST else None
    views = [key_view(row, trusted=trusted) for row in rows if row.state != KeyState.DESTROYED]
    return next_step(views, rules=key_rules(owner.purpose), algorithm=owner.algorithm, now=now)


@transaction.atomic
def _turn(owner: KeyOwner, actor: Actor, now: datetime) -> _Errand | None:
    """Take every step that needs no backend, and return the errand that is in the way of more."""
    rows = keys_lock(owner.purpose, owner.app_id)
    errand, has_changed = None, False
    while errand is None and (step := _due(owner, rows, now)) is not None:
        row = next((row for row in rows if row.pk == step.key_id), None)
        if row is None:
            rows.append(_intend(owner, now))
        elif step.kind is StepKind.DESTROY_MATERIAL and row.backend != LocalKeyBackend.name:
            errand = _Errand(row, is_making=False)
        else:
            _take(step.kind, row, rows, actor, now)
            has_changed = True
    if has_changed:
        key_set_touch()
    made = next((row for row in rows if row.state == KeyState.GENERATING), None)
    return _Errand(made, is_making=True) if made is not None else errand


def _intend(owner: KeyOwner, now: datetime) -> SigningKey:
    """Write down that a key will be made, before any backend makes it."""
    return SigningKey.objects.create(
        purpose=owner.purpose,
        app_id=owner.app_id,
        algorithm=owner.algorithm,
        epoch=epoch_next(owner),
        state=KeyState.GENERATING,
        backend=backend_for(owner.purpose, owner.algorithm),
        created_at=now,
    )


def _take(kind: StepKind, row: SigningKey, rows: list[SigningKey], actor: Actor, now: datetime) -> None:
    if kind is StepKind.ACTIVATE:
        key_takeover(row, rows, actor=actor, now=now)
    elif kind is StepKind.WITHDRAW:
        key_withdraw(row, actor=actor, now=now)
    elif kind is StepKind.RETIRE:
        key_enter(row, KeyState.RETIRED, Action.KEY_RETIRED, actor=actor, now=now)
    else:
        private_forget(row, now)
        row.save(update_fields=["sealed_private", "private_destroyed_at"])
        key_audit(Action.KEY_MATERIAL_DESTROYED, row, actor=actor, now=now)


def key_takeover(upcoming: SigningKey, rows: list[SigningKey], *, actor: Actor, now: datetime) -> None:
    """Let the next key sign, and the one before it only verify; both locked by the caller."""
    for row in rows:
        if row.state == KeyState.ACTIVE:
            key_enter(row, KeyState.VERIFY_ONLY, Action.KEY_DEACTIVATED, actor=actor, now=now)
    key_enter(upcoming, KeyState.ACTIVE, Action.KEY_ACTIVATED, actor=actor, now=now)


def key_withdraw(row: SigningKey, *, actor: Actor, now: datetime) -> None:
    """Destroy a key that never signed, where it lives first: a destroyed row says that nothing is left of it.

    The backend is asked under the caller's lock, so that no emergency lets a key sign that is on its way out.

    Raises:
        KeyUnavailableError: Its backend couldn't; nothing has changed, and it's tried again.
    """
    if row.backend != LocalKeyBackend.name:
        material_destroy(row)
    key_enter(
        row,
        KeyState.DESTROYED,
        Action.KEY_DESTROYED,
        actor=actor,
        now=now,
        change=lambda key: private_forget(key, now),
    )


def _errand_run(errand: _Errand, owner: KeyOwner, actor: Actor, now: datetime) -> None:
    if errand.is_making:
        _make(errand.row, owner, actor, now)
        return
    row = errand.row
    material_destroy(row)
    with transaction.atomic():
        rows = keys_lock(owner.purpose, owner.app_id)
        for locked in rows:
            if locked.pk == row.pk and locked.private_destroyed_at is None:
                private_forget(locked, now)
                locked.save(update_fields=["sealed_private", "private_destroyed_at"])
                key_audit(Action.KEY_MATERIAL_DESTROYED, locked, actor=actor, now=now)


def _make(row: SigningKey, owner: KeyOwner, actor: Actor, now: datetime) -> None:
    made_for = KeyOwner(owner.purpose, owner.app_id, key_stored(row).owner.algorithm)
    try:
        created = key_backend(row.backend).create(made_for, token=str(row.pk))
    except KeyUnavailableError as exc:
        _failed(row, exc, actor, now)
        raise
    with transaction.atomic():
        rows = keys_lock(owner.purpose, owner.app_id)
        waiting = next(
            (each for each in rows if each.pk == row.pk and each.state == KeyState.GENERATING), None
        )
        if waiting is None:
            _orphan_destroy(row, created)
            return
        waiting.kid, waiting.public_jwk = created.kid, created.public_jwk
        waiting.sealed_private, waiting.reference = created.sealed_private, created.reference
        waiting.failure = ""
        key_audit(Action.KEY_CREATED, waiting, actor=actor, now=now)
        key_enter(waiting, KeyState.PREPUBLISHED, Action.KEY_PUBLISHED, actor=actor, now=now)
        key_set_touch()
    ceiling_note(waiting, now=now)


def _orphan_destroy(row: SigningKey, created: CreatedKey) -> None:
    """Destroy a key that was made while its row was withdrawn; one that another worker entered is theirs."""
    if row.backend != LocalKeyBackend.name and SigningKey.objects.filter(pk=row.pk, state=KeyState.DESTROYED):
        row.kid, row.reference = created.kid, created.reference
        material_destroy(row)


def _failed(row: SigningKey, error: KeyUnavailableError, actor: Actor, now: datetime) -> None:
    """Note on the row what went wrong, and once on the audit log."""
    failure = error.message[:_LONGEST_FAILURE]
    with transaction.atomic():
        waiting = SigningKey.objects.filter(pk=row.pk, state=KeyState.GENERATING)
        if waiting.exclude(failure=failure).update(failure=failure):
            key_audit(Action.KEY_FAILED, row, actor=actor, now=now, failure=failure)
