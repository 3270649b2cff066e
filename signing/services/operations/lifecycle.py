"""Rotate, suspend, resume, revoke, destroy: each one transaction, then what follows from it.

Suspending and revoking make things safer, so they act at once: the next key takes over in the same
transaction, published long enough or not. What needs a backend or a fresh signature (a new next key, the
trust bundle without the revoked one) follows after the commit, and by the reconciler where that fails.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.services.authority import Authority
from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel import clock
from signing.backends.local import LocalKeyBackend
from signing.domain.key_operations import KeyOperation
from signing.domain.lifecycle import KeyState
from signing.errors import KeyUnavailableError
from signing.models import SigningKey, TokenProfile
from signing.services.key_rows import key_audit, key_enter, private_forget
from signing.services.key_set import key_set_touch
from signing.services.keys import app_reconcile, console_reconcile
from signing.services.loading import material_destroy, material_disable
from signing.services.operations.confirmed import (
    Confirmed,
    key_confirmed,
    key_locked,
    operation_of,
    start_check,
)
from signing.services.reconcile import key_takeover
from signing.services.trust_documents import bundle_void, documents_void

_log = logging.getLogger(__name__)


@transaction.atomic
def key_operation_now(what: KeyOperation, *, key_id: UUID) -> Operation:
    """Name what would be done to a key as it is now, for a page to show and a code to confirm.

    Raises:
        KeyNotFoundError: There is no such key.
        KeyStateError: It can't be done to a key in this state.
    """
    key, rows = key_locked(key_id)
    start_check(what, key)
    return operation_of(what, key, rows)


def key_rotate(*, key_id: UUID, authority: Authority) -> SigningKey:
    """Let the next key take over before its time: now if clients can have it, else as soon as they can.

    Raises:
        SigningError: The key isn't there, or doesn't sign.
        AccountsError: The authority doesn't cover this.
    """
    now = clock.now()
    with transaction.atomic():
        case = key_confirmed(KeyOperation.ROTATE, key_id=key_id, authority=authority)
        case.key.rotation_requested_at = now
        case.key.save(update_fields=["rotation_requested_at"])
        key_audit(Action.KEY_ROTATION_REQUESTED, case.key, actor=case.user.actor, now=now)
    _follow_up(case.key, case.user.actor, now)
    case.key.refresh_from_db()
    return case.key


def key_suspend(*, key_id: UUID, authority: Authority) -> SigningKey:
    """Let a key neither sign nor verify until it's resumed; the next one takes over at once.

    Raises:
        SigningError: The key isn't there, or can't be suspended.
        AccountsError: The authority doesn't cover this.
    """
    now = clock.now()
    with transaction.atomic():
        case = key_confirmed(KeyOperation.SUSPEND, key_id=key_id, authority=authority)
        _leave(case, KeyState.SUSPENDED, Action.KEY_SUSPENDED, now)
    _follow_up(case.key, case.user.actor, now)
    return case.key


def key_resume(*, key_id: UUID, authority: Authority) -> SigningKey:
    """Let a suspended key verify again what it signed; it doesn't sign again.

    Raises:
        SigningError: The key isn't there, or isn't suspended.
        AccountsError: The authority doesn't cover this.
    """
    now = clock.now()
    with transaction.atomic():
        case = key_confirmed(KeyOperation.RESUME, key_id=key_id, authority=authority)
        key_enter(case.key, KeyState.VERIFY_ONLY, Action.KEY_RESUMED, actor=case.user.actor, now=now)
        key_set_touch()
    _follow_up(case.key, case.user.actor, now)
    return case.key


def key_revoke(*, key_id: UUID, authority: Authority) -> SigningKey:
    """Take a key for compromised: nothing that it signed is good any more, here at once.

    Raises:
        SigningError: The key isn't there, or can't be revoked.
        AccountsError: The authority doesn't cover this.
    """
    now = clock.now()
    with transaction.atomic():
        case = key_confirmed(KeyOperation.REVOKE, key_id=key_id, authority=authority)
        if case.key.backend == LocalKeyBackend.name:
            private_forget(case.key, now)
        _leave(case, KeyState.COMPROMISED, Action.KEY_REVOKED, now)
        documents_void(signer_kids=[case.key.key_id])  # to be signed again, by another key
    _follow_up(case.key, case.user.actor, now)
    return case.key


def key_destroy(*, key_id: UUID, authority: Authority) -> SigningKey:
    """Destroy a key for good; its row stays as evidence.

    Raises:
        SigningError: The key isn't there, can't be destroyed, or its backend couldn't do it.
        AccountsError: The authority doesn't cover this.
    """
    now = clock.now()
    with transaction.atomic():
        case = key_confirmed(KeyOperation.DESTROY, key_id=key_id, authority=authority)
        material_destroy(case.key)
        private_forget(case.key, now)
        key_enter(case.key, KeyState.DESTROYED, Action.KEY_DESTROYED, actor=case.user.actor, now=now)
        key_set_touch()
    _follow_up(case.key, case.user.actor, now)
    return case.key


def _leave(case: Confirmed, state: KeyState, action: Action, now: datetime) -> None:
    """Take a key out of use, and let its successor sign in the same breath if it signed."""
    actor, was_active = case.user.actor, case.key.state == KeyState.ACTIVE
    key_enter(case.key, state, action, actor=actor, now=now)
    if was_active and case.successor is not None:
        key_takeover(case.successor, case.rows, actor=actor, now=now)
    bundle_void(app_id=case.key.app_id)
    key_set_touch()


def _follow_up(key: SigningKey, actor: Actor, now: datetime) -> None:
    """Do what is due now; what fails is logged and tried again every minute.

    Barring a suspended key in its backend too is tried this once: no process of ours signs with it anyway.
    """
    if key.state == KeyState.SUSPENDED:
        _disable(key)
    if not key.app_id:
        console_reconcile(actor=actor, now=now)
        return
    profile = TokenProfile.objects.filter(app_id=key.app_id).first()
    if profile is not None:
        app_reconcile(profile, actor=actor, now=now)


def _disable(key: SigningKey) -> None:
    """Let the backend bar the key as well; no process of ours signs with it any more in any case."""
    try:
        material_disable(key)
    except KeyUnavailableError as exc:
        _log.warning("Suspended key %s isn't disabled in its backend: %s", key.key_id, exc)


KEY_SERVICES: Final[Mapping[KeyOperation, Callable[..., SigningKey]]] = {
    KeyOperation.ROTATE: key_rotate,
    KeyOperation.SUSPEND: key_suspend,
    KeyOperation.RESUME: key_resume,
    KeyOperation.REVOKE: key_revoke,
    KeyOperation.DESTROY: key_destroy,
}
"""What does each operation to a key: takes `key_id` and `authority`, returns the key as it is then."""
