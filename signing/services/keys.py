"""Making the first key of an app and of the console.

A first key may sign at once: no client can hold an older set that lacks it. Every later key will be published
before it signs.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from signing.backends import key_backend
from signing.domain.key_owner import DEFAULT_ALGORITHM, KeyOwner
from signing.domain.lifecycle import KeyPurpose, KeyState, key_state_change
from signing.models import SigningKey, TokenProfile


def app_keys_ensure(*, app_id: str, actor: Actor, now: datetime) -> None:
    """Give an app its token profile and its first release-token key, unless it has had one."""
    TokenProfile.objects.get_or_create(app_id=app_id, defaults={"created_at": now})
    _first_key_ensure(KeyPurpose.RELEASE_TOKEN, app_id=app_id, actor=actor, now=now)


def console_keys_ensure(*, now: datetime) -> None:
    """Give the console its first download-token key, unless it has had one."""
    _first_key_ensure(KeyPurpose.DOWNLOAD_TOKEN, app_id="", actor=SYSTEM, now=now)


def _first_key_ensure(purpose: KeyPurpose, *, app_id: str, actor: Actor, now: datetime) -> None:
    keys = SigningKey.objects.filter(purpose=purpose, app_id=app_id)
    if keys.exists():
        return
    try:
        # A transaction of its own, or a savepoint in the caller's: losing the race must not end that one.
        with transaction.atomic():
            _first_key_create(KeyOwner(purpose, app_id, DEFAULT_ALGORITHM[purpose]), actor=actor, now=now)
    except IntegrityError:
        # Two at once: the database kept one (`signing_key_epoch_once`). Any other breach is a fault.
        if not keys.exists():
            raise


def _first_key_create(owner: KeyOwner, *, actor: Actor, now: datetime) -> None:
    backend = key_backend()
    key = SigningKey(
        purpose=owner.purpose,
        app_id=owner.app_id,
        algorithm=owner.algorithm,
        epoch=1,
        state=KeyState.GENERATING,
        backend=backend.name,
        created_at=now,
    )
    created = backend.create(owner, token=str(key.pk))
    key.kid, key.public_jwk = created.kid, created.public_jwk
    key.sealed_private, key.reference = created.sealed_private, created.reference
    key.state = key_state_change(KeyState(key.state), KeyState.PREPUBLISHED)
    key.published_at = now
    key.save(force_insert=True)
    _key_audit(Action.KEY_CREATED, key, actor=actor, now=now)
    key.state = key_state_change(KeyState(key.state), KeyState.ACTIVE)
    key.activated_at = now
    key.save(update_fields=["state", "activated_at"])
    _key_audit(Action.KEY_ACTIVATED, key, actor=actor, now=now)


def _key_audit(action: Action, key: SigningKey, *, actor: Actor, now: datetime) -> None:
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=key.app_id,
        subject=("signing_key", str(key.pk)),
        detail={
            "kid": key.kid,
            "purpose": key.purpose,
            "algorithm": key.algorithm,
            "epoch": key.epoch,
            "backend": key.backend,
        },
    )
