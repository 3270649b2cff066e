"""What people do to an app's root: register an offline one, take in what it signed, rotate an online one.

An offline root's private half isn't here, so nothing touches it. What is done here decides whom devices trust
all the same, so each takes a fresh confirmation.
"""

from collections.abc import Mapping

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.services.authority import Authority
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import sha256_hex
from releaseconsole.kernel.jose.public_keys import public_key_import
from signing.domain.ceremony import CeremonyKind
from signing.domain.lifecycle import KeyPurpose
from signing.errors import KeyStateError
from signing.models import SigningKey, TrustDocument
from signing.selectors import profile_get
from signing.selectors.trust import OFFLINE, root_key
from signing.services.ceremony import delegation_import, root_rotation_import
from signing.services.key_rows import keys_lock
from signing.services.keys import app_reconcile
from signing.services.operations.confirmed import operator_confirmed
from signing.services.root import offline_root_register, root_rotate


def root_register_operation(*, app_id: str, jwk: Mapping[str, str]) -> Operation:
    """Name the registration of an offline root, and the root that there is.

    Raises:
        KeyRefusedError: It isn't a public key.
    """
    facts = {"app_id": app_id, "kid": public_key_import(jwk).kid, "root": _root_kid(app_id)}
    return Operation("signing:root:register", facts)


def root_register_confirmed(*, app_id: str, jwk: Mapping[str, str], authority: Authority) -> SigningKey:
    """Register a root whose private half is on a machine of its own.

    Raises:
        KeyRefusedError: It isn't a public ES256 key, or one that this console has had.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    with transaction.atomic():
        keys_lock(KeyPurpose.ROOT, app_id)
        user = operator_confirmed(authority, root_register_operation(app_id=app_id, jwk=jwk))
        root = offline_root_register(app_id=app_id, jwk=jwk, actor=user.actor, now=now)
    app_reconcile(profile_get(app_id=app_id), actor=user.actor, now=now)
    return root


def root_rotate_operation(*, app_id: str) -> Operation:
    """Name the rotation of an online root.

    Raises:
        KeyStateError: There's none: an offline one is rotated in a ceremony.
    """
    root = root_key(app_id)
    if root is None or root.backend == OFFLINE:
        raise KeyStateError("Only an online root is rotated here; an offline one is in a ceremony.")
    return Operation("signing:root:rotate", {"app_id": app_id, "root": root.key_id})


def root_rotate_confirmed(*, app_id: str, authority: Authority) -> TrustDocument:
    """Rotate an online root to a new one, both of which sign that.

    A confirmation is used up before the new root is made, since an HSM's part can't be rolled back: what
    fails is confirmed and asked for again, and goes on from there.

    Raises:
        SigningError: There's no online root, or a backend couldn't do its part.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    with transaction.atomic():
        keys_lock(KeyPurpose.ROOT, app_id)
        user = operator_confirmed(authority, root_rotate_operation(app_id=app_id))
    kept = root_rotate(app_id=app_id, actor=user.actor, now=now)
    app_reconcile(profile_get(app_id=app_id), actor=user.actor, now=now)
    return kept


def ceremony_import_operation(*, app_id: str, kind: CeremonyKind, data: bytes) -> Operation:
    """Name the import of what an offline root signed; it's this file and no other."""
    facts = {"app_id": app_id, "kind": kind.value, "file": sha256_hex(data), "root": _root_kid(app_id)}
    return Operation("signing:ceremony:import", facts)


def ceremony_import_confirmed(
    *, app_id: str, kind: CeremonyKind, data: bytes, authority: Authority
) -> TrustDocument:
    """Put in force what an offline root signed.

    Raises:
        CeremonyRefusedError: The file isn't what was asked for, or the root hasn't signed it.
        SigningError: Nothing is to be signed, or an online root that has to sign too can't.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    take = delegation_import if kind is CeremonyKind.DELEGATION else root_rotation_import
    with transaction.atomic():
        keys_lock(KeyPurpose.ROOT, app_id)
        user = operator_confirmed(authority, ceremony_import_operation(app_id=app_id, kind=kind, data=data))
        kept = take(app_id=app_id, data=data, actor=user.actor, now=now)
    app_reconcile(profile_get(app_id=app_id), actor=user.actor, now=now)
    return kept


def _root_kid(app_id: str) -> str:
    root = root_key(app_id)
    return root.key_id if root else ""
