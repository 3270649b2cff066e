"""Importing a private key that was made elsewhere, as the next key of its purpose and app.

It waits its turn like every next key: published first, signing only once clients can have it. A console that
made its keys itself knows where they have been; of an imported one it doesn't, which is why pages say so.
"""

from datetime import datetime

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.services.authority import Authority
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.key_families import private_key_import
from releaseconsole.kernel.jose.private_keys import PrivateKey
from signing.backends import CreatedKey
from signing.backends.local import LocalKeyBackend
from signing.domain.key_operations import import_operation
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyRefusedError
from signing.models import SigningKey
from signing.services.key_rows import epoch_next, key_audit, key_enter, keys_lock
from signing.services.key_set import key_set_touch
from signing.services.operations.confirmed import operator_confirmed
from signing.services.reconcile import key_withdraw


def key_read(*, algorithm: Algorithm, pem: bytes) -> PrivateKey:
    """Read a key that is to be imported, and judge its strength.

    Raises:
        KeyRefusedError: It's none of this algorithm, or a weak one.
    """
    return private_key_import(algorithm, pem)


def key_import_operation(*, app_id: str, key: PrivateKey) -> Operation:
    """Name the import of this key, for a code to confirm."""
    return import_operation(
        app_id=app_id,
        purpose=KeyPurpose.RELEASE_TOKEN.value,
        algorithm=key.algorithm.value,
        kid=_kid(key),
    )


def key_import(*, app_id: str, key: PrivateKey, authority: Authority) -> SigningKey:
    """Take a private key in as the next release-token key of an app, in place of the one in waiting.

    Raises:
        KeyRefusedError: This console has had this key already.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    now = clock.now()
    owner = KeyOwner(KeyPurpose.RELEASE_TOKEN, app_id, key.algorithm)
    with transaction.atomic():
        rows = keys_lock(owner.purpose, app_id)
        user = operator_confirmed(authority, key_import_operation(app_id=app_id, key=key))
        if SigningKey.objects.filter(kid=_kid(key)).exists():
            raise KeyRefusedError("This console has had this key already; make a new one.")
        for row in rows:
            if row.state in {KeyState.GENERATING, KeyState.PREPUBLISHED}:
                key_withdraw(row, actor=user.actor, now=now)
        row = _row(owner, LocalKeyBackend().keep(owner, key), now)
        key_audit(Action.KEY_IMPORTED, row, actor=user.actor, now=now)
        key_enter(row, KeyState.PREPUBLISHED, Action.KEY_PUBLISHED, actor=user.actor, now=now)
        key_set_touch()
    return row


def _row(owner: KeyOwner, created: CreatedKey, now: datetime) -> SigningKey:
    return SigningKey.objects.create(
        purpose=owner.purpose,
        app_id=owner.app_id,
        algorithm=owner.algorithm,
        epoch=epoch_next(owner),
        state=KeyState.GENERATING,
        kid=created.kid,
        public_jwk=created.public_jwk,
        sealed_private=created.sealed_private,
        backend=LocalKeyBackend.name,
        created_at=now,
    )


def _kid(key: PrivateKey) -> str:
    jwk = key.public_jwk()
    if jwk is None:
        raise KeyRefusedError("Only keys with a public half are imported.")
    return jwk["kid"]
