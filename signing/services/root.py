"""An app's root key: registering one that lives offline, and rotating from one to the next.

A root is pinned in binaries, so it changes only by a rotation that both sign; clients follow from the old one
to the new one. The new root takes over here in the same transaction in which the rotation is kept.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.public_keys import public_key_import
from signing.backends.local import LocalKeyBackend
from signing.backends.offline import OfflineKeyBackend
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.domain.trust_content import RotationContent
from signing.domain.trust_documents import ROOT_ROTATION
from signing.errors import KeyRefusedError, KeyStateError
from signing.models import DocumentType, SigningKey, TokenProfile, TrustDocument
from signing.selectors.trust import root_key, rotation_wanted
from signing.services.backend_choice import backend_for
from signing.services.key_rows import epoch_next, key_audit, key_enter, keys_lock, private_forget
from signing.services.key_set import key_set_touch
from signing.services.reconcile import key_takeover, key_withdraw, owner_reconcile
from signing.services.trust import delegation_ensure
from signing.services.trust_documents import document_issue, document_keep, document_version

_WAITING = frozenset({KeyState.GENERATING, KeyState.PREPUBLISHED})


@transaction.atomic
def offline_root_register(*, app_id: str, jwk: Mapping[str, str], actor: Actor, now: datetime) -> SigningKey:
    """Make a root known whose private half is on a machine of its own.

    It is the app's root at once if there's none; else it waits until a rotation is signed by both. One that
    was waiting already is withdrawn: nothing pins it yet.

    Raises:
        KeyRefusedError: It isn't a public ES256 key, or one that this console has had.
    """
    public = public_key_import(jwk)
    if public.algorithm is not Algorithm.ES256:
        raise KeyRefusedError("A root key is for ES256.")
    owner = _owner(app_id)
    rows = keys_lock(owner.purpose, app_id)
    if SigningKey.objects.filter(kid=public.kid).exists():
        raise KeyRefusedError("This console has had this key already; make a new one.")
    for row in rows:
        if row.state in _WAITING:
            key_withdraw(row, actor=actor, now=now)
    root = _row(owner, backend=OfflineKeyBackend.name, kid=public.kid, jwk=jwk, now=now)
    key_audit(Action.ROOT_REGISTERED, root, actor=actor, now=now)
    key_enter(root, KeyState.PREPUBLISHED, Action.KEY_PUBLISHED, actor=actor, now=now)
    if not any(row.state == KeyState.ACTIVE for row in rows):
        key_enter(root, KeyState.ACTIVE, Action.KEY_ACTIVATED, actor=actor, now=now)
    TokenProfile.objects.filter(app_id=app_id).update(root_is_offline=True)
    key_set_touch()
    return root


def root_rotate(*, app_id: str, actor: Actor, now: datetime) -> TrustDocument:
    """Rotate an online root to a new online one, which signs a new delegation at once.

    Making the key isn't transactional where an HSM does it; all that follows is one transaction. Asked again
    after a failure, this goes on with the key that was made.

    Raises:
        KeyStateError: A root is or will be offline; then a ceremony rotates it.
        KeyUnavailableError: A backend couldn't do its part.
    """
    owner = _owner(app_id)
    _successor_intend(owner, now)
    owner_reconcile(owner, actor=actor, now=now)
    with transaction.atomic():
        rows = keys_lock(owner.purpose, app_id)
        old, new = (_online(rows, state) for state in (KeyState.ACTIVE, KeyState.PREPUBLISHED))
        claims = rotation_claims(rotation_roots(app_id)[0], now)
        return root_rotation_keep(
            claims,
            signed=document_issue(old, kind=ROOT_ROTATION, claims=claims, now=now),
            signed_by_new=document_issue(new, kind=ROOT_ROTATION, claims=claims, now=now),
            actor=actor,
            now=now,
        )


def rotation_claims(wanted: RotationContent, now: datetime) -> dict[str, Any]:
    """Write the claims of the next rotation of an app's root."""
    version = document_version(wanted.app_id, DocumentType.ROOT_ROTATION, now)
    return wanted.claims(version=version, issued=int(now.timestamp()))


def rotation_roots(app_id: str) -> tuple[RotationContent, SigningKey, SigningKey]:
    """Return what a rotation should say by now, the root and the one that is to follow it.

    Raises:
        KeyStateError: None is waiting, or there's none before it.
    """
    wanted = rotation_wanted(app_id)
    old, new = root_key(app_id), root_key(app_id, KeyState.PREPUBLISHED)
    if wanted is None or old is None or new is None:
        raise KeyStateError("No root is waiting to take over from another.")
    return wanted, old, new


def root_rotation_keep(
    claims: Mapping[str, Any], *, signed: str, signed_by_new: str, actor: Actor, now: datetime
) -> TrustDocument:
    """Keep a rotation that both have signed, and let the new root take over.

    Raises:
        KeyStateError: There's no root, or none is waiting.
        KeyUnavailableError: The new root is online and can't sign the delegation.
    """
    app_id = claims["aud"]
    rows = keys_lock(KeyPurpose.ROOT, app_id)
    wanted, old, new = rotation_roots(app_id)
    kept = document_keep(
        DocumentType.ROOT_ROTATION,
        claims,
        signed=signed,
        signed_by_new=signed_by_new,
        signer_kid=old.key_id,
        content_sha256=wanted.sha256(),
        action=Action.ROOT_ROTATED,
        actor=actor,
        now=now,
    )
    key_takeover(new, rows, actor=actor, now=now)
    _material_forget(old.pk, actor=actor, now=now)
    delegation_ensure(app_id=app_id, now=now, actor=actor)
    return kept


def _material_forget(root_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Destroy what the database holds of an old root: it could lead old apps astray, and signs no more."""
    row = SigningKey.objects.get(pk=root_id)
    if row.backend == LocalKeyBackend.name:
        private_forget(row, now)
        row.save(update_fields=["sealed_private", "private_destroyed_at"])
        key_audit(Action.KEY_MATERIAL_DESTROYED, row, actor=actor, now=now)


@transaction.atomic
def _successor_intend(owner: KeyOwner, now: datetime) -> None:
    """Write down that a root will be made, unless one is on its way already.

    Raises:
        KeyStateError: There's no online root to rotate from.
    """
    rows = keys_lock(owner.purpose, owner.app_id)
    _online(rows, KeyState.ACTIVE)
    if not any(row.state in _WAITING for row in rows):
        _row(owner, backend=backend_for(owner.purpose), now=now)


def _online(rows: list[SigningKey], state: KeyState) -> SigningKey:
    row = next((row for row in rows if row.state == state), None)
    if row is None or row.backend == OfflineKeyBackend.name:
        raise KeyStateError("This needs an online root and another one that follows it; see the ceremony.")
    return row


def _owner(app_id: str) -> KeyOwner:
    return KeyOwner(KeyPurpose.ROOT, app_id, Algorithm.ES256)


def _row(
    owner: KeyOwner,
    *,
    backend: str,
    now: datetime,
    kid: str | None = None,
    jwk: Mapping[str, str] | None = None,
) -> SigningKey:
    return SigningKey.objects.create(
        purpose=owner.purpose,
        app_id=owner.app_id,
        algorithm=owner.algorithm,
        epoch=epoch_next(owner),
        state=KeyState.GENERATING,
        kid=kid,
        public_jwk=dict(jwk) if jwk else None,
        backend=backend,
        created_at=now,
    )
