"""Replacing an app's root, taking it offline, and taking in what an offline root has signed.

An export needs no confirmation: it's a question to another machine, worth nothing until that has signed it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.models import StepUp, User
from accounts.services.step_up import step_up_use
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex
from releaseconsole.kernel.jose.public_keys import public_key_import
from signing.domain.ceremony import CeremonyKind
from signing.domain.lifecycle import KeyPurpose
from signing.domain.root_operations import RootOperation, root_operation
from signing.models import SigningKey, TrustDocument
from signing.selectors import profile_get
from signing.selectors.trust import root_key
from signing.services.ceremony import (
    delegation_export,
    delegation_import,
    root_rotation_export,
    root_rotation_import,
)
from signing.services.key_rows import keys_lock
from signing.services.keys import app_reconcile
from signing.services.operations.confirmed import operator_check
from signing.services.root import offline_root_register, root_rotate

_IMPORTS: Final = {
    CeremonyKind.DELEGATION: (RootOperation.IMPORT_DELEGATION, delegation_import),
    CeremonyKind.ROOT_ROTATION: (RootOperation.IMPORT_ROTATION, root_rotation_import),
}
_EXPORTS: Final = {
    CeremonyKind.DELEGATION: delegation_export,
    CeremonyKind.ROOT_ROTATION: root_rotation_export,
}


def root_rotate_operation(*, app_id: str) -> Operation:
    """Name the rotation of an online root to a new one."""
    return root_operation(RootOperation.ROTATE, app_id=app_id, root_kid=_root_kid(app_id))


def root_register_operation(*, app_id: str, jwk: Mapping[str, str]) -> Operation:
    """Name the registration of this public key as the app's offline root.

    Raises:
        KeyRefusedError: It is no public key that could be one.
    """
    kid = public_key_import(jwk).kid
    return root_operation(RootOperation.REGISTER, app_id=app_id, root_kid=_root_kid(app_id), brought=kid)


def ceremony_import_operation(*, app_id: str, kind: CeremonyKind, data: bytes) -> Operation:
    """Name the import of exactly this file."""
    what, _ = _IMPORTS[kind]
    return root_operation(what, app_id=app_id, root_kid=_root_kid(app_id), brought=sha256_hex(data))


def root_rotate_confirmed(*, app_id: str, step_up: StepUp) -> TrustDocument:
    """Rotate an online root; clients that pin the old one follow by a document that both have signed.

    The confirmation is used up first: making the new key isn't transactional where an HSM does it. Asked
    again, with another code, this goes on with the key that was made.

    Raises:
        SigningError: The root is offline, or a backend couldn't do its part.
        AccountsError: The confirmation doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    with transaction.atomic():
        keys_lock(KeyPurpose.ROOT, app_id)
        user = _used(step_up, root_rotate_operation(app_id=app_id))
    document = root_rotate(app_id=app_id, actor=user.actor, now=now)
    _follow_up(app_id, user, now)
    return document


def offline_root_register_confirmed(*, app_id: str, jwk: Mapping[str, str], step_up: StepUp) -> SigningKey:
    """Make the public half of an offline root known.

    Raises:
        KeyRefusedError: It is no public key that could be one, or this console has had it.
        AccountsError: The confirmation doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    with transaction.atomic():
        keys_lock(KeyPurpose.ROOT, app_id)
        user = _used(step_up, root_register_operation(app_id=app_id, jwk=jwk))
        root = offline_root_register(app_id=app_id, jwk=jwk, actor=user.actor, now=now)
    _follow_up(app_id, user, now)
    return root


def ceremony_import_confirmed(
    *, app_id: str, kind: CeremonyKind, data: bytes, step_up: StepUp
) -> TrustDocument:
    """Put in force what an offline root has signed.

    Raises:
        SigningError: It isn't what is asked for now, or not signed by whom it must be.
        AccountsError: The confirmation doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    _, take_in = _IMPORTS[kind]
    with transaction.atomic():
        keys_lock(KeyPurpose.ROOT, app_id)
        user = _used(step_up, ceremony_import_operation(app_id=app_id, kind=kind, data=data))
        document = take_in(app_id=app_id, data=data, actor=user.actor, now=now)
    _follow_up(app_id, user, now)
    return document


def ceremony_export(*, app_id: str, kind: CeremonyKind, user: User) -> bytes:
    """Write the file that an offline root's machine is asked to sign; on the audit log.

    Raises:
        KeyStateError: Nothing is to be signed offline.
        PermissionDeniedError: The person may not operate keys.
    """
    operator_check(user)
    return _EXPORTS[kind](app_id=app_id, actor=user.actor, now=clock.now())


def _used(step_up: StepUp, operation: Operation) -> User:
    user = step_up_use(step_up=step_up, operation=operation)
    operator_check(user)
    return user


def _root_kid(app_id: str) -> str:
    root = root_key(app_id)
    return root.key_id if root else ""


def _follow_up(app_id: str, user: User, now: datetime) -> None:
    """Sign what rests on the root; what fails is logged and tried again every minute."""
    app_reconcile(profile_get(app_id=app_id), actor=user.actor, now=now)
