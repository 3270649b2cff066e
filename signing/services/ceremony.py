"""What an offline root is asked to sign, and taking back what it signed (docs/offline-root.md).

A request isn't remembered. What comes back is compared with what would be asked for now, so that a file which
lay about while keys changed, or that was signed once before, isn't taken.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel.jose.documents import document_verify
from releaseconsole.kernel.jose.errors import TokenRefusedError
from signing.domain.ceremony import (
    DOCUMENT_KINDS,
    MAX_AGE,
    CeremonyFile,
    CeremonyKind,
    answer_read,
    request_write,
)
from signing.domain.lifecycle import KeyPurpose
from signing.domain.trust_content import DelegationContent, RotationContent, version_next
from signing.domain.trust_documents import ROOT_ROTATION
from signing.errors import CeremonyOutdatedError, CeremonyRefusedError, KeyStateError
from signing.models import DocumentType, SigningKey, TrustDocument
from signing.selectors.keys import stored_public_key
from signing.selectors.trust import OFFLINE, current_document, delegation_wanted, root_key
from signing.services.key_rows import keys_lock
from signing.services.root import root_rotation_keep, rotation_claims, rotation_roots
from signing.services.trust_documents import document_issue, document_keep, document_version

_TYPES: Final = {
    CeremonyKind.DELEGATION: DocumentType.DELEGATION,
    CeremonyKind.ROOT_ROTATION: DocumentType.ROOT_ROTATION,
}


@transaction.atomic
def delegation_export(*, app_id: str, actor: Actor, now: datetime) -> bytes:
    """Write the file with which the app's offline root is asked to sign its next delegation.

    Raises:
        KeyStateError: The root isn't offline, or there's no trust key to name yet.
    """
    _, wanted = _delegation_wanted(app_id)
    version = document_version(app_id, DocumentType.DELEGATION, now)
    claims = wanted.claims(version=version, issued=int(now.timestamp()))
    return _export(CeremonyKind.DELEGATION, claims, actor=actor, now=now)


@transaction.atomic
def delegation_import(*, app_id: str, data: bytes, actor: Actor, now: datetime) -> TrustDocument:
    """Put a delegation in force that the app's offline root has signed.

    Raises:
        CeremonyRefusedError: It isn't such a file, or this root hasn't signed it.
        CeremonyOutdatedError: It says something else than what is asked for now.
        KeyStateError: The root isn't offline, or there's no trust key to name.
    """
    keys_lock(KeyPurpose.ROOT, app_id)
    root, wanted = _delegation_wanted(app_id)
    answer = answer_read(data, kind=CeremonyKind.DELEGATION)
    signed = _signed_by(root, answer, now)
    _still_wanted(answer, wanted, now)
    return document_keep(
        DocumentType.DELEGATION,
        answer.claims,
        signed=signed,
        signer_kid=root.key_id,
        content_sha256=wanted.sha256(),
        action=Action.DELEGATION_IMPORTED,
        actor=actor,
        now=now,
    )


@transaction.atomic
def root_rotation_export(*, app_id: str, actor: Actor, now: datetime) -> bytes:
    """Write the file with which the root in waiting, and an offline one before it, are asked to rotate.

    Raises:
        KeyStateError: No root is waiting.
    """
    return _export(
        CeremonyKind.ROOT_ROTATION, rotation_claims(rotation_roots(app_id)[0], now), actor=actor, now=now
    )


@transaction.atomic
def root_rotation_import(*, app_id: str, data: bytes, actor: Actor, now: datetime) -> TrustDocument:
    """Let the root in waiting take over: it has signed the rotation, and so has the old one or does now.

    The delegation in force stays the old root's until the new one has signed its own in a ceremony; until
    then clients aren't told of the rotation.

    Raises:
        CeremonyRefusedError: It isn't such a file, or a root that had to hasn't signed it.
        CeremonyOutdatedError: It says something else than what is asked for now.
        KeyStateError: No root is waiting.
        KeyUnavailableError: The old root is online and can't sign.
    """
    keys_lock(KeyPurpose.ROOT, app_id)
    wanted, old, new = rotation_roots(app_id)
    answer = answer_read(data, kind=CeremonyKind.ROOT_ROTATION)
    by_new = _signed_by(new, answer, now)
    _still_wanted(answer, wanted, now)
    if old.backend == OFFLINE:
        by_old = _signed_by(old, answer, now)
    else:
        by_old = document_issue(old, kind=ROOT_ROTATION, claims=answer.claims, now=now)
    return root_rotation_keep(answer.claims, signed=by_old, signed_by_new=by_new, actor=actor, now=now)


def _delegation_wanted(app_id: str) -> tuple[SigningKey, DelegationContent]:
    root, wanted = root_key(app_id), delegation_wanted(app_id)
    if root is None or root.backend != OFFLINE:
        raise KeyStateError("The app's root isn't offline: the console signs its delegation itself.")
    if wanted is None:
        raise KeyStateError("The app has no trust key yet that a delegation could name.")
    return root, wanted


def _export(kind: CeremonyKind, claims: Mapping[str, Any], *, actor: Actor, now: datetime) -> bytes:
    audit_record(
        action=Action.DELEGATION_EXPORTED,
        actor=actor,
        now=now,
        app_id=claims["aud"],
        detail={"kind": kind.value, "version": claims["version"]},
    )
    return request_write(kind, claims)


def _signed_by(row: SigningKey, answer: CeremonyFile, now: datetime) -> str:
    """Return the signature of one root.

    Raises:
        CeremonyRefusedError: There's none that verifies.
    """
    key = stored_public_key(row)
    reason = "it isn't in the file"
    for text in answer.signed:
        try:
            document_verify(
                text,
                kind=DOCUMENT_KINDS[answer.kind],
                keys={key.kid: key},
                issuer=answer.claims["iss"],
                audience=answer.claims["aud"],
                now=int(now.timestamp()),
            )
        except TokenRefusedError as exc:
            reason = exc.reason
        else:
            return text
    # The person who imports it holds the file and its root: telling them what is wrong helps nobody else.
    raise CeremonyRefusedError(f"The signature of root {key.kid} is missing or wrong ({reason}).")


def _still_wanted(answer: CeremonyFile, wanted: DelegationContent | RotationContent, now: datetime) -> None:
    """Compare what was signed with what is asked for now.

    Raises:
        CeremonyOutdatedError: They differ, or the request is too old, or was overtaken.
    """
    claims = answer.claims
    last = current_document(wanted.app_id, _TYPES[answer.kind])
    # Not the file's own version, even a rising one: clients never go back from a version that was too high.
    version = version_next(previous=last.version if last else 0, issued=claims["iat"])
    asked = wanted.claims(version=version, issued=claims["iat"])
    differing = sorted(name for name, value in asked.items() if claims[name] != value)
    if claims["iat"] < now.timestamp() - MAX_AGE:
        differing.append("iat")
    if differing:
        raise CeremonyOutdatedError(
            f"What was signed isn't what is asked for now: {', '.join(differing)}. Export it again."
        )
