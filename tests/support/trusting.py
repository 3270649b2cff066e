"""Short ways to an app whose chain of trust stands, and to clients that follow it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from compliance.ledger.domain.events import SYSTEM, Action
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.domain.trust_content import claims_read
from signing.models import DocumentType, SigningKey, TrustDocument
from signing.selectors import trust_bodies
from signing.services import release_claims, release_signer
from signing.services.key_rows import key_enter, keys_lock
from signing.services.keys import keys_reconcile
from signing.services.reconcile import key_takeover
from signing.services.trust import chain_ensure
from signing.services.trust_documents import documents_void
from tests.simulator.trusting_client import TrustingClient
from tests.support.tokens import DEVICE_ID


def chain_made(app_id: str, now: datetime) -> None:
    """Make every key that the app should have, and sign its chain."""
    keys_reconcile(now=now)
    chain_ensure(app_id=app_id, now=now)


def key_of(app_id: str, purpose: KeyPurpose, state: KeyState = KeyState.ACTIVE) -> SigningKey:
    return SigningKey.objects.get(app_id=app_id, purpose=purpose, state=state)


def document(app_id: str, document_type: DocumentType) -> TrustDocument:
    return TrustDocument.objects.get(app_id=app_id, document_type=document_type)


def claims_of(app_id: str, document_type: DocumentType) -> dict[str, Any]:
    return claims_read(document(app_id, document_type).signed)


def trusting(app_id: str, root: SigningKey, now: Callable[[], datetime]) -> TrustingClient:
    """A device that pins this root and is answered from what would be served."""

    def fetch() -> bytes:
        bodies = trust_bodies()
        if app_id not in bodies:
            raise OSError("503")
        return bodies[app_id].body

    pinned = dict(root.public_jwk or {})
    return TrustingClient(
        pinned, app_id, DEVICE_ID, settings.PUBLIC_URL, fetch, lambda: int(now().timestamp())
    )


def decision(app_id: str, now: datetime) -> str:
    """A token of the app, signed by its active key."""
    claims = release_claims(
        app_id=app_id,
        device_id=DEVICE_ID,
        decision="hold",
        decision_seq=0,
        channel="",
        now_epoch=int(now.timestamp()),
    )
    return release_signer(app_id).sign(claims)


def compromise(row: SigningKey, now: datetime) -> None:
    """Revoke a key as compromised, and let the next one take over at once."""
    rows = keys_lock(KeyPurpose(row.purpose), row.app_id)
    upcoming = next((each for each in rows if each.state == KeyState.PREPUBLISHED), None)
    was_active = row.state == KeyState.ACTIVE
    key_enter(row, KeyState.COMPROMISED, Action.KEY_REVOKED, actor=SYSTEM, now=now)
    if was_active and upcoming is not None:
        others = [each for each in rows if each.pk != row.pk]
        key_takeover(upcoming, others, actor=SYSTEM, now=now)
    documents_void(signer_kids=[row.key_id])
