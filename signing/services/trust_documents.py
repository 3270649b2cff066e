"""Signing the documents of trust chains, keeping them, and taking them out of use.

Whatever a backend returns is verified with the public key before it is kept: a device that meets a bad
document refuses every good one that depends on it.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel.jose.documents import DocumentKind, document_sign, document_verify
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.signing import TokenSigner
from signing.domain.trust_content import version_next
from signing.errors import KeyUnavailableError
from signing.models import DocumentType, SigningKey, TrustDocument
from signing.selectors.keys import stored_public_key
from signing.selectors.trust import current_document
from signing.services.key_set import key_set_touch
from signing.services.loading import private_key_open


def document_version(app_id: str, document_type: DocumentType, now: datetime) -> int:
    """Return the version of the next document of a kind."""
    last = current_document(app_id, document_type)
    return version_next(previous=last.version if last else 0, issued=int(now.timestamp()))


def document_issue(row: SigningKey, *, kind: DocumentKind, claims: Mapping[str, Any], now: datetime) -> str:
    """Sign claims with a key, and verify what came back.

    Raises:
        KeyUnavailableError: The key can't be opened, or what it signs doesn't verify.
    """
    key = private_key_open(row)
    signer = TokenSigner(kid=row.key_id, algorithm=key.algorithm, typ=kind.typ, sign=key.sign)
    public = stored_public_key(row)
    try:
        signed = document_sign(signer, kind=kind, claims=claims)
        document_verify(
            signed,
            kind=kind,
            keys={public.kid: public},
            issuer=claims["iss"],
            audience=claims["aud"],
            now=int(now.timestamp()),
        )
    except TokenRefusedError as exc:
        raise KeyUnavailableError(f"Key {row.key_id} can't sign a {kind.typ} ({exc.reason}).") from exc
    return signed


def document_keep(
    document_type: DocumentType,
    claims: Mapping[str, Any],
    *,
    signed: str,
    signer_kid: str,
    content_sha256: str,
    action: Action,
    actor: Actor,
    now: datetime,
    signed_by_new: str = "",
) -> TrustDocument:
    """Keep a verified document in the place of the one before it, and let every process know."""
    facts = {
        "version": claims["version"],
        "signed": signed,
        "signed_by_new": signed_by_new,
        "signer_kid": signer_kid,
        "content_sha256": content_sha256,
        "signed_at": now,
        "expires_at": datetime.fromtimestamp(claims["exp"], UTC),
        "is_void": False,
    }
    app_id = claims["aud"]
    if document_type is DocumentType.ROOT_ROTATION:
        # All of them stay: an app that wasn't opened for years follows them one by one.
        kept = TrustDocument.objects.create(app_id=app_id, document_type=document_type, **facts)
    else:
        kept, _ = TrustDocument.objects.update_or_create(
            app_id=app_id, document_type=document_type, defaults=facts
        )
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=app_id,
        subject=("trust_document", str(kept.pk)),
        detail={
            "kind": kept.document_type,
            "version": kept.version,
            "signer_kid": signer_kid,
            "expires_at": kept.expires_at.isoformat(),
            "content_sha256": content_sha256,
        },
    )
    key_set_touch()
    return kept


@transaction.atomic
def bundle_void(*, app_id: str) -> None:
    """Take an app's trust bundle out of use, in the transaction that withdraws a key that it calls good.

    It's signed again at once. Where that isn't possible, devices are told to keep what they have, rather than
    that a withdrawn key is good.
    """
    rows = TrustDocument.objects.filter(app_id=app_id, document_type=DocumentType.TRUST, is_void=False)
    if rows.update(is_void=True):
        key_set_touch()


def documents_void(*, signer_kids: Iterable[str]) -> int:
    """Take out of use what these keys have signed; returns how many documents that are.

    Call it in the transaction that revokes the keys. Rotations stay: they are the way away from a root.
    """
    rows = TrustDocument.objects.filter(signer_kid__in=list(signer_kids), is_void=False)
    count = rows.exclude(document_type=DocumentType.ROOT_ROTATION).update(is_void=True)
    if count:
        key_set_touch()
    return count
